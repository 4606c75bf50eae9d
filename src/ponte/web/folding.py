"""Templates whose fixed parts (texts, icons, what stands between them) are rendered once for each language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.template import Context, Origin, Template
from django.template.base import FilterExpression, Node, NodeList, TextNode, Variable
from django.template.defaulttags import IfNode
from django.template.library import SimpleNode
from django.template.loaders import cached
from django.template.loaders.base import Loader as BaseLoader
from django.templatetags.i18n import TranslateNode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from ponte.web.templatetags.ponte import icon


class Folding(BaseLoader):
    """A loader whose templates are folded before anybody else sees them."""

    def get_template(self, template_name: str, skip: list[Origin] | None = None) -> Template:
        template = super().get_template(template_name, skip)
        fold(template.nodelist)
        return template


class Loader(cached.Loader, Folding):
    """Django's keeper of compiled templates: what it compiles is folded, what it keeps is not folded again."""


class Fixed(Node):
    """Nodes side by side that say the same in every context, as long as the language is the same."""

    child_nodelists = ()

    def __init__(self, nodes: list[Node]) -> None:
        self.nodes = nodes
        self.token = nodes[0].token
        self.rendered: dict[str | None, SafeString] = {}

    def render(self, context: Context) -> SafeString:
        language = get_language()
        known = self.rendered.get(language)
        if known is None:
            text = "".join(node.render(context) for node in self.nodes)
            known = self.rendered[language] = mark_safe(text)  # noqa: S308 -- each node has escaped its own
        return known


def fold(nodes: NodeList) -> None:
    """Put fixed nodes that stand side by side together, here and in every list inside."""
    for node in nodes:
        for inside in _inside(node):
            fold(inside)
    nodes[:] = _folded(nodes)


def _folded(nodes: NodeList) -> Iterator[Node]:
    """Yield the nodes; texts alone are as good as they are."""
    run: list[Node] = []
    for node in [*nodes, None]:
        if node is not None and _is_fixed(node):
            run.append(node)
            continue
        yield from [Fixed(run)] if any(not isinstance(one, TextNode) for one in run) else run
        run = []
        if node is not None:
            yield node


def _inside(node: Any) -> list[NodeList]:
    if isinstance(node, IfNode):
        return [nodes for _, nodes in node.conditions_nodelists]
    inside = (getattr(node, name, None) for name in node.child_nodelists)
    return [nodes for nodes in inside if isinstance(nodes, NodeList)]


def _is_fixed(node: Node) -> bool:
    match node:
        case TextNode():
            return True
        case TranslateNode():
            return node.asvar is None and node.message_context is None and _is_literal(node.filter_expression)
        case SimpleNode():
            arguments = [*node.args, *node.kwargs.values()]
            return node.func is icon and node.target_var is None and all(map(_is_literal, arguments))
        case _:
            return False


def _is_literal(value: FilterExpression) -> bool:
    """Say whether an argument is a text of the template itself, without a filter."""
    if value.filters:
        return False
    return isinstance(value.var, str) or (isinstance(value.var, Variable) and value.var.literal is not None)
