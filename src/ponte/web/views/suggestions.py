"""`/canais/{code}/mapeamento/sugestoes`: what the mapping lacks, what may close it, and many closed by one form."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from ponte.db.gaps import Gap, gaps, stopped_by
from ponte.db.models import Channel, MappingSource
from ponte.db.sealed import WrongKeyError
from ponte.domain.mapping_advice import advised
from ponte.domain.mapping_file import parse_mapping
from ponte.flows import bulk
from ponte.flows.bulk.limits import TooManyError
from ponte.flows.mapping.asking import ask, predicts
from ponte.flows.mapping.saving import Origin, Overtaken, Refused, Saved, save_mapping
from ponte.flows.mapping.suggestions import advise, read_known
from ponte.flows.mapping.trial import try_mapping
from ponte.flows.pipeline.context import Unready
from ponte.web.access import BeyondRole, Visit, signed_in
from ponte.web.bulk.words import ceiling_words
from ponte.web.mapping.page import difference, editor, told
from ponte.web.mapping.suggestions import choices_in, groups_of, note_of
from ponte.web.pages import page
from ponte.web.views.channels import channel_of

FINGERPRINT: Final = re.compile(r"[0-9a-f]{16}")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def suggestions(request: HttpRequest, visit: Visit, code: str) -> HttpResponse:
    """Show the gaps; a POST of a manager asks for candidates, tries what was chosen, or applies it (`acao`)."""
    found = channel_of(visit, code)
    only = _only(request)
    lacking = gaps(found.pk, fingerprint=only)
    if request.method != "POST":
        return _show(request, visit, found, lacking)
    if not visit.may_manage:
        raise BeyondRole(visit)
    if request.POST.get("acao") == "ask":
        return _ask(request, found, lacking)
    return _chosen(request, visit, found, lacking)


def _chosen(request: HttpRequest, visit: Visit, found: Channel, lacking: Sequence[Gap]) -> HttpResponse:
    chosen = choices_in(request.POST, lacking)
    if not chosen:
        flaw = _("Marque pelo menos uma linha que tenha uma escolha.")
        return _show(request, visit, found, lacking, {"flaw": flaw}, status=422)
    text = advised(found.mapping_text, [choice for _gap, choice in chosen], note_of(visit.user.username))
    errors = editor(text, found.mapping_version).errors
    if errors or parse_mapping(text).mapping is None:
        more: dict[str, object] = {"flaw": _("Nada foi salvo: uma escolha não cabe no mapeamento."), "errors": errors}
        return _show(request, visit, found, lacking, more, status=422)
    if request.POST.get("acao") == "try":
        return _try(request, visit, found, lacking, text)
    touched = [gap for gap, _choice in chosen]
    return _apply(request, visit, found, touched, text)


def _ask(request: HttpRequest, found: Channel, lacking: Sequence[Gap]) -> HttpResponse:
    try:
        asked = ask(found.pk, lacking)
    except WrongKeyError:
        asked = Unready("secret_key", "")
    if isinstance(asked, Unready):
        messages.error(request, _("Não foi possível perguntar: o canal não está pronto. Teste a conexão dele."))
    elif asked.left:
        text = ngettext(
            "%(count)d pergunta não foi respondida a tempo. Pergunte de novo.",
            "%(count)d perguntas não foram respondidas a tempo. Pergunte de novo.",
            asked.left,
        )
        messages.info(request, text % {"count": asked.left})
    return redirect(f"{_address(found)}{_query(request)}perguntado=1")


def _try(request: HttpRequest, visit: Visit, found: Channel, lacking: Sequence[Gap], text: str) -> HttpResponse:
    try:
        trial = try_mapping(found.pk, text)
    except WrongKeyError:
        trial = Unready("secret_key", "")
    context: dict[str, object] = {"changes": difference(found.mapping_text, text)}
    if isinstance(trial, Unready):
        context["flaw"] = _("Não foi possível experimentar: o canal não está pronto. Teste a conexão dele.")
    else:
        context["trial"] = told(trial, found.name)
    return _show(request, visit, found, lacking, context)


def _apply(request: HttpRequest, visit: Visit, found: Channel, touched: Sequence[Gap], text: str) -> HttpResponse:
    """Save the rules as one version, then queue what they touch."""
    based_on = request.POST.get("based_on", "")
    done = save_mapping(
        found.pk,
        text,
        actor_id=visit.user.pk,
        based_on=int(based_on) if based_on.isdecimal() and len(based_on) < 10 else -1,
        origin=Origin(MappingSource.SUGGESTED, str(len(touched))),
    )
    match done:
        case Refused():
            messages.error(request, _("Nada foi salvo: uma escolha não cabe no mapeamento."))
        case Overtaken():
            messages.error(request, _("Alguém salvou o mapeamento enquanto você escolhia. Nada foi gravado."))
        case Saved(number):
            applied = ngettext("%(count)d sugestão aplicada", "%(count)d sugestões aplicadas", len(touched))
            text = _("%(applied)s: mapeamento salvo (versão %(number)d).")
            messages.info(request, text % {"applied": applied % {"count": len(touched)}, "number": number})
            if request.POST.get("acao") == "apply_and_reprocess":
                return _reprocess(request, visit, found, touched)
    return redirect(_address(found))


def _reprocess(request: HttpRequest, visit: Visit, found: Channel, touched: Sequence[Gap]) -> HttpResponse:
    """Queue the products of the gaps that were closed, as one action."""
    ids = stopped_by(found.pk, {gap.fingerprint for gap in touched})
    if not ids:
        return redirect(_address(found))
    try:
        action = bulk.start(
            scope=visit.scope, actor_id=visit.user.pk, verb="reprocess", selection={"ids": ids}, role=visit.role
        )
    except TooManyError:
        messages.error(request, ceiling_words(visit.role))
        return redirect(_address(found))
    return redirect(f"/fila/acoes/{action.pk}")


def _show(
    request: HttpRequest,
    visit: Visit,
    found: Channel,
    lacking: Sequence[Gap],
    more: dict[str, object] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    only = _only(request)
    advice = advise(lacking, read_known(found.pk, lacking, predicts=predicts(found.pk)))
    form = request.POST if request.method == "POST" else None
    context = {
        "channel": found,
        "groups": groups_of(advice, form, found, only=only),
        "unasked": sum(not one.asked for one in advice),
        "asked_now": "perguntado" in request.GET,
        "only": only,
        "count": len(lacking),
        **(more or {}),
    }
    return page(request, "channels/suggestions.html", context, visit=visit, status=status)


def _only(request: HttpRequest) -> str:
    """Return the cause that alone is asked for, "" for all."""
    given = request.GET.get("causa", "")
    return given if FINGERPRINT.fullmatch(given) else ""


def _query(request: HttpRequest) -> str:
    return f"?causa={only}&" if (only := _only(request)) else "?"


def _address(found: Channel) -> str:
    return f"/canais/{quote(found.code)}/mapeamento/sugestoes"
