"""`/codigos`: codes that no rule knows, and the rules that administrators write for them."""

from __future__ import annotations

from django.contrib import messages
from django.db.models.functions import Lower
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ponte.connectors import Broken, installed
from ponte.db import causes
from ponte.db.code_rules import own_rule, records_of, rules_in
from ponte.db.models import Cause, Channel, CodeRule
from ponte.domain.code_rules import Match, as_toml
from ponte.flows.codes.rules import Draft, draft_of, effect, flaws, keep, switch
from ponte.web.access import BeyondRole, Visit, signed_in
from ponte.web.codes.form import from_cause, mark, read, shown
from ponte.web.codes.page import Tab, codes_page, managed
from ponte.web.pages import page

LIST = "/codigos"
RULES = f"{LIST}?aba={Tab.RULES}"


@require_safe
@signed_in
def index(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the codes without a rule, those with a general one, or the rules."""
    if not managed(visit):
        raise Http404
    asked = request.GET.get("aba", Tab.UNKNOWN)
    if asked not in set(Tab):
        raise Http404
    return page(request, "codes/list.html", {"codes": codes_page(visit, Tab(asked), timezone.now())}, visit=visit)


@require_safe
@signed_in
def example(_request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Go to a record that has this cause."""
    _there, cause = _cause(visit, number)
    found = records_of([cause], most=1)
    if not found:
        raise Http404
    return redirect(f"/produtos/{found[0].pk}")


@require_safe
@signed_in
def as_file(_request: HttpRequest, visit: Visit) -> HttpResponse:
    """Answer with the rules as lines of a connector's errors.toml, to send to the project."""
    there = managed(visit)
    if not there:
        raise Http404
    rows = [row for row in rules_in([one.scope for one in there]) if row.active]
    text = "\n".join(f"# {row.connector}\n{as_toml(own_rule(row), row.note)}" for row in rows)
    answer = HttpResponse(text, content_type="application/toml; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="ponte-regras.toml"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the form of a rule, from a cause (`causa`) or empty (`conector`); a POST shows what it would change."""
    cause_id = request.GET.get("causa", "")
    if cause_id.isdecimal() and len(cause_id) < 19:
        visit, cause = _cause(visit, int(cause_id))
        draft = from_cause(cause)
    else:
        draft = Draft(request.GET.get("conector", _first_connector(visit)), Match.CODE, "", "")
    _must_admin(visit)
    return _form(request, visit, draft, None)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def edit(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Show a rule's form; what it finds stays, what it means may change."""
    visit, row = _rule(visit, number)
    return _form(request, visit, draft_of(row), row)


@require_POST
@signed_in
def turn(_request: HttpRequest, visit: Visit, number: int, verb: str) -> HttpResponse:
    """Switch a rule on or off."""
    if verb not in {"ligar", "desligar"}:
        raise Http404
    visit, row = _rule(visit, number)
    switch(visit.store.pk, row.pk, active=verb == "ligar", actor_id=visit.user.pk)
    told = _("Regra ligada.") if verb == "ligar" else _("Regra desligada.")
    messages.success(_request, told + " " + _("Os registros que ela atinge mudam em segundo plano."))
    return redirect(RULES)


def _form(request: HttpRequest, visit: Visit, draft: Draft, row: CodeRule | None) -> HttpResponse:
    number = row.pk if row else None
    if request.method != "POST":
        return _shown(request, visit, draft, number)
    typed = read(request.POST)
    if row is not None:
        typed = Draft(**{**_fields(typed), **{name: getattr(draft, name) for name in KEPT}})
    wrong = flaws(visit.store.pk, typed, but=number)
    if wrong:
        return page(
            request,
            "codes/form.html",
            {"form": shown(typed, _channels(visit, typed.connector), wrong, number=number), "store": visit.store},
            visit=visit,
            status=400,
        )
    if request.POST.get("acao") == "salvar" and request.POST.get("visto") == mark(typed):
        keep(visit.store.pk, typed, actor_id=visit.user.pk, number=number)
        messages.success(request, _("Regra salva. Os registros que ela atinge mudam em segundo plano."))
        return redirect(RULES)
    return _shown(request, visit, typed, number, with_effect=True)


KEPT = ("connector", "match", "pattern", "channel")


def _fields(draft: Draft) -> dict[str, object]:
    return {name: getattr(draft, name) for name in Draft.__dataclass_fields__}


def _shown(
    request: HttpRequest, visit: Visit, draft: Draft, number: int | None, *, with_effect: bool = False
) -> HttpResponse:
    found = effect(visit.store.pk, draft) if with_effect else None
    form = shown(draft, _channels(visit, draft.connector), effect=found, number=number)
    connectors = sorted((code, one.manifest.name) for code, one in installed().items() if not isinstance(one, Broken))
    context = {"form": form, "store": visit.store, "connectors": connectors}
    return page(request, "codes/form.html", context, visit=visit)


def _channels(visit: Visit, connector: str) -> list[Channel]:
    return list(visit.scope.channels().filter(connector=connector).order_by(Lower("name"), "pk"))


def _first_connector(visit: Visit) -> str:
    return visit.scope.channels().order_by("id").values_list("connector", flat=True).first() or "mercadolivre"


def _cause(visit: Visit, number: int) -> tuple[Visit, Cause]:
    """Return a cause of any store that the person looks after, and the visit there. Raises `Http404`."""
    for there in managed(visit):
        found = causes.one(there.scope, number)
        if found is not None:
            return there, found
    raise Http404


def _rule(visit: Visit, number: int) -> tuple[Visit, CodeRule]:
    """Return a rule that the person may change, and the visit in its store. Raises `Http404`."""
    stores = [one.store.pk for one in managed(visit) if one.may_admin]
    found = CodeRule.objects.filter(pk=number, store_id__in=stores).select_related("channel").first()
    if found is None:
        raise Http404
    return visit.at(found.store_id), found


def _must_admin(visit: Visit) -> None:
    if not visit.may_admin:
        raise BeyondRole(visit)
