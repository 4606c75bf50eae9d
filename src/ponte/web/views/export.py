"""`/exportar/...`: a list as a file, written while it is sent; `/exportacoes`: the last ones and how far they got."""

from __future__ import annotations

from typing import Final, cast

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe

from ponte.db import exports
from ponte.db.models import Export
from ponte.flows.export.sending import MAX_RUNNING, FileType, Order, TooMany, What, begin, name_of, pieces
from ponte.web.access import Visit, signed_in
from ponte.web.explained import language
from ponte.web.exports.asked import narrowing_of
from ponte.web.exports.progress import (
    KEY,
    LISTS,
    SEPARATOR,
    SEPARATORS,
    file_type_of,
    line_of,
    progress_of,
    query_of,
    state_of,
)
from ponte.web.exports.stream import sent
from ponte.web.pages import page

CONTENT_TYPES: Final = {
    FileType.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileType.CSV: "text/csv; charset=utf-8",
}
LAST: Final = 10


@require_GET
@signed_in
def export(request: HttpRequest, visit: Visit, what: str) -> HttpResponse:
    """Send a list as a file. `tipo` is xlsx or csv, `separador` pv (;) or v (,); the rest is the list's address."""
    if what not in set(What):
        raise Http404
    file_type = file_type_of(request)
    separator = SEPARATORS.get(request.GET.get(SEPARATOR, ""))
    narrowing = narrowing_of(What(what), request, visit)
    if file_type is None or separator is None or narrowing is None:
        return _refused(request, visit, _("Este endereço pede uma exportação que não existe."), what, 400)
    order = Order(visit.scope, narrowing, file_type, language(), visit.store.zone, query_of(request), separator)
    try:
        begun = begin(order, actor_id=visit.user.pk)
    except TooMany:
        told = _("Você já tem %(count)d exportações saindo. Espere uma terminar ou cancele o download.")
        return _refused(request, visit, told % {"count": MAX_RUNNING}, what, 429)
    answer = sent(
        request,
        pieces(order, begun.pk),
        name=name_of(order),
        content_type=CONTENT_TYPES[file_type],
        pack=file_type is FileType.CSV,
    )
    return cast("HttpResponse", answer)  # it has headers, which is all that is done with it on its way


@require_safe
@signed_in
def listed(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the last exports: a person's own, a manager everybody's."""
    found = exports.latest(visit.store.pk, None if visit.may_manage else visit.user.pk)
    return page(request, "export/list.html", {"lines": [line_of(one) for one in found]}, visit=visit)


@require_safe
@signed_in
def one(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Show how far an export got; a fragment for the page's own refreshing."""
    line = line_of(_seen(visit, number))
    part = request.headers.get("HX-Request")
    return page(request, "export/_line.html" if part else "export/page.html", {"line": line}, visit=visit)


@require_GET
@signed_in
def progress(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Answer how far the export with a `chave` got; 204 while there is none."""
    key = request.GET.get(KEY, "")
    own = exports.latest(visit.store.pk, visit.user.pk, LAST) if key else []
    found = next((export for export in own if export.query.get(KEY) == key), None)
    if found is None:
        return HttpResponse(status=204)
    line = line_of(found)
    running = line.running
    text = _("Exportando: %(progress)s") if running else _("Exportação: %(progress)s")
    said = {"progress": progress_of(found)} if running or found.state == "done" else {"progress": line.label.text}
    return JsonResponse(
        {"text": text % said, "state": state_of(found, timezone.now()), "href": f"/exportacoes/{found.pk}"}
    )


def _seen(visit: Visit, number: int) -> Export:
    found = Export.objects.filter(pk=number, store_id=visit.store.pk).select_related("actor").first()
    if found is None or not (visit.may_manage or found.actor_id == visit.user.pk):
        raise Http404
    return found


def _refused(request: HttpRequest, visit: Visit, text: str, what: str, status: int) -> HttpResponse:
    context = {"text": text, "back": LISTS[what][1]}
    return page(request, "errors/refused.html", context, visit=visit, status=status)
