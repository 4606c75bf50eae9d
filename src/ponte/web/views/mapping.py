"""`/canais/{code}/mapeamento`: the mapping file, tried before it is saved, never over somebody else's change."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote, urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ponte.db import channels as read
from ponte.db.models import Channel, MappingSource
from ponte.db.sealed import WrongKeyError
from ponte.flows.mapping.saving import MAX_NOTE, Origin, Overtaken, Refused, Saved, save_mapping
from ponte.flows.mapping.trial import try_mapping
from ponte.flows.pipeline.context import Unready
from ponte.web.access import BeyondRole, Visit, managing, signed_in
from ponte.web.channels.page import cards_of
from ponte.web.mapping.page import Editor, decoded, difference, editor, editor_of, history, told, undone
from ponte.web.mapping.targets import targets_of
from ponte.web.pages import page
from ponte.web.views.channels import channel_of

MAX_FILE: Final = 1_000_000


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def mapping(request: HttpRequest, visit: Visit, code: str) -> HttpResponse:
    """Show the file; a POST of a manager opens a file, tries the text, or saves it (`verb`)."""
    found = channel_of(visit, code)
    if request.method != "POST":
        return show(request, visit, found, editor_of(found))
    if not visit.may_manage:
        raise BeyondRole(visit)
    verb = request.POST.get("acao", "")
    if verb == "open":
        return _open(request, visit, found)
    given = editor(_text(request), _number(request.POST.get("based_on", "")))
    if given.errors:
        return show(request, visit, found, given, status=422)
    if verb == "try":
        return _try(request, visit, found, given)
    return _save(request, visit, found, given, reprocess=verb == "save_and_reprocess")


@require_safe
@signed_in
def file(request: HttpRequest, visit: Visit, code: str) -> HttpResponse:  # noqa: ARG001 -- Django passes it
    """Answer with the file in use, to keep."""
    found = channel_of(visit, code)
    answer = HttpResponse(found.mapping_text, content_type="application/yaml; charset=utf-8")
    name = f"mapeamento-{quote(found.code)}-v{found.mapping_version}.yaml"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_safe
@signed_in
def version(request: HttpRequest, visit: Visit, code: str, number: int) -> HttpResponse:
    """Show an earlier version, and what the one in use changed of it."""
    found = channel_of(visit, code)
    kept = read.version(found.pk, number)
    if kept is None:
        raise Http404
    context = {
        "channel": found,
        "version": kept,
        "current": number == found.mapping_version,
        "diff": difference(found.mapping_text, kept.text),
        "text": kept.text,
    }
    return page(request, "channels/version.html", context, visit=visit)


@require_POST
@managing
def restore(request: HttpRequest, visit: Visit, code: str, number: int) -> HttpResponse:
    """Save an earlier version anew, and offer to reprocess what it touches."""
    found = channel_of(visit, code)
    kept = read.version(found.pk, number)
    if kept is None:
        raise Http404
    given = editor(kept.text, _number(request.POST.get("based_on", "")))
    origin = Origin(MappingSource.RESTORED, str(number))
    done = save_mapping(found.pk, given.text, actor_id=visit.user.pk, based_on=given.based_on, origin=origin)
    if not isinstance(done, Saved):
        return _refused(request, visit, found, given, done)
    _say(request, done)
    return redirect(f"{_address(found)}?restaurada={number}" if done.changed else _address(found))


def _save(request: HttpRequest, visit: Visit, found: Channel, given: Editor, *, reprocess: bool) -> HttpResponse:
    done = save_mapping(
        found.pk, given.text, actor_id=visit.user.pk, based_on=given.based_on, origin=_origin(request)
    )
    if not isinstance(done, Saved):
        return _refused(request, visit, found, given, done)
    _say(request, done)
    if reprocess:
        # 307: the browser brings the same form along, which has the plan's fields in it.
        return HttpResponse(status=307, headers={"Location": "/produtos/plano"})
    return redirect(_address(found))


def _refused(
    request: HttpRequest, visit: Visit, found: Channel, given: Editor, done: Refused | Overtaken
) -> HttpResponse:
    if isinstance(done, Refused):
        return show(request, visit, found, given, status=422)
    context = {"overtaken": done, "diff": difference(done.text, given.text)}
    # The person sees the difference now: from here on theirs is made from the version that overtook it.
    mine = editor(given.text, done.version)
    return show(request, visit, found, mine, context, status=409)


def _say(request: HttpRequest, done: Saved) -> None:
    text = _("Mapeamento salvo (versão %(number)d). Vale a partir do próximo produto.")
    same = _("Nada mudou: este já é o mapeamento em uso (versão %(number)d).")
    messages.info(request, (text if done.changed else same) % {"number": done.version})


def _origin(request: HttpRequest) -> Origin:
    """Return how the text in the editor came about, as the form brought it along."""
    source = request.POST.get("origem", "")
    if source not in {MappingSource.IMPORTED, MappingSource.SUGGESTED}:
        return Origin()
    return Origin(MappingSource(source), request.POST.get("nota", "")[:MAX_NOTE])


def _try(request: HttpRequest, visit: Visit, found: Channel, given: Editor) -> HttpResponse:
    try:
        trial = try_mapping(found.pk, given.text)
    except WrongKeyError:
        trial = Unready("secret_key", "")
    context: dict[str, object] = {"changes": difference(found.mapping_text, given.text)}
    if isinstance(trial, Unready):
        context["untried"] = _("Não foi possível experimentar: o canal não está pronto. Teste a conexão dele.")
    else:
        context["trial"] = told(trial, found.name)
    return show(request, visit, found, given, context)


def _open(request: HttpRequest, visit: Visit, found: Channel) -> HttpResponse:
    """Put an uploaded file into the editor; nothing is kept yet."""
    before = editor(_text(request), _number(request.POST.get("based_on", "")))
    given = request.FILES.get("file")
    if given is None:
        return _refuse(request, visit, found, before, _("Escolha um arquivo primeiro."))
    if (given.size or 0) > MAX_FILE:
        return _refuse(request, visit, found, before, _("O arquivo passa de 1 MB. Nada mudou."))
    text = decoded(given.read())
    if text is None:
        words = _("O arquivo não é um texto UTF-8. Salve-o como UTF-8 no seu editor e abra de novo. Nada mudou.")
        return _refuse(request, visit, found, before, words)
    return show(request, visit, found, editor(text, before.based_on), {"opened": given.name})


def _refuse(request: HttpRequest, visit: Visit, found: Channel, before: Editor, words: str) -> HttpResponse:
    return show(request, visit, found, before, {"file_flaw": words}, status=422)


def show(
    request: HttpRequest,
    visit: Visit,
    found: Channel,
    shown: Editor,
    more: dict[str, object] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """Show the page with a text in the editor."""
    seen = read.overview(visit.scope, found.code)
    if seen is None:
        raise Http404
    [card] = cards_of([seen], store_paused=visit.store.paused, now=timezone.now())
    origin = _origin(request)
    versions = history(read.versions(found.pk), found.mapping_version)
    context = {
        "channel": found,
        "card": card,
        "editor": shown,
        "errors_filter": urlencode({"channel": found.code, "status": "error"}),
        "history": versions,
        "undoes_to": undone(versions),
        "restored": _number(request.GET.get("restaurada", "")),
        "origin": origin.source.value,
        "origin_note": origin.note,
        "targets": targets_of(found),
        **(more or {}),
    }
    return page(request, "channels/mapping.html", context, visit=visit, status=status)


def _address(found: Channel) -> str:
    return f"/canais/{quote(found.code)}/mapeamento"


def _text(request: HttpRequest) -> str:
    return request.POST.get("text", "").replace("\r\n", "\n")


def _number(text: str) -> int:
    """Return the version that a form was made from; -1, which is none, for what is no number."""
    return int(text) if text.isdecimal() and len(text) < 10 else -1
