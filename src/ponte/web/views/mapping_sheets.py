"""`/canais/{code}/mapeamento/planilha`: the mapping as a spreadsheet, out and in. What comes in is only shown."""

from __future__ import annotations

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ponte.db.models import MappingSource
from ponte.domain.mapping_rows import Sheet
from ponte.flows.mapping.exporting import File, export_csv, export_xlsx
from ponte.flows.mapping.importing import import_mapping
from ponte.flows.mapping.spreadsheet import MAX_FILE
from ponte.web.access import BeyondRole, Visit, signed_in
from ponte.web.mapping.page import editor, editor_of
from ponte.web.mapping.sheets import told_of
from ponte.web.views.channels import channel_of
from ponte.web.views.mapping import show

SHEETS: Final = {sheet.name.lower(): sheet for sheet in Sheet}


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def spreadsheet(request: HttpRequest, visit: Visit, code: str) -> HttpResponse:
    """Answer with the spreadsheet; a manager's POST puts a filled one into the editor, with what it changes."""
    found = channel_of(visit, code)
    if request.method != "POST":
        return _sent(_file(request, visit, code))
    if not visit.may_manage:
        raise BeyondRole(visit)
    before = editor_of(found)
    given = request.FILES.get("planilha")
    if given is None:
        return show(request, visit, found, before, {"file_flaw": _("Escolha uma planilha primeiro.")}, status=422)
    if (given.size or 0) > MAX_FILE:
        return show(
            request, visit, found, before, {"file_flaw": _("A planilha passa de 10 MB. Nada mudou.")}, status=422
        )
    done = import_mapping(found.mapping_text, given.read(), whole=bool(request.POST.get("inteira")))
    told = told_of(done, given.name or "")
    if told.flaws:
        return show(request, visit, found, before, {"imported": told}, status=422)
    merged = editor(done.merged.text, found.mapping_version)
    more = {"imported": told, "origin": MappingSource.IMPORTED.value, "origin_note": given.name}
    return show(request, visit, found, merged, more)


def _file(request: HttpRequest, visit: Visit, code: str) -> File:
    found = channel_of(visit, code)
    if request.GET.get("formato") != "csv":
        return export_xlsx(found)
    sheet = SHEETS.get(request.GET.get("aba", ""))
    if sheet is None:
        raise Http404
    return export_csv(found, sheet)


def _sent(file: File) -> HttpResponse:
    answer = HttpResponse(file.content, content_type=file.content_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return answer
