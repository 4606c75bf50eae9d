"""`/canais/{code}/categorias/{category}`: what the marketplace asks for in a category. Nobody is asked for it."""

from __future__ import annotations

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ponte.db.gaps import missing_attributes
from ponte.domain.mapping import Mapping
from ponte.domain.mapping_file import parse_mapping
from ponte.flows.facts.sheets import sheet_of
from ponte.web.access import Visit, signed_in
from ponte.web.mapping.category_sheet import rows_of
from ponte.web.mapping.targets import targets_of
from ponte.web.pages import page
from ponte.web.views.channels import channel_of

MAX_CATEGORY: Final = 150
MAX_SEARCH: Final = 100


@require_safe
@signed_in
def category(request: HttpRequest, visit: Visit, code: str, category: str) -> HttpResponse:
    """Show a category's sheet; one that was never learnt is told of where the mapping leads to it, else is none."""
    found = channel_of(visit, code)
    if len(category) > MAX_CATEGORY or "\0" in category:
        raise Http404
    sheet = sheet_of(found.pk, category)
    mapped = any(target.id == category for target in targets_of(found))
    if sheet is None and not mapped:
        raise Http404
    wanted = request.GET.get("q", "").replace("\0", "").strip()[:MAX_SEARCH]
    mapping = parse_mapping(found.mapping_text).mapping or Mapping()
    rows = rows_of(sheet, mapping, missing_attributes(found.pk), found, wanted) if sheet else ()
    context = {"channel": found, "category": category, "sheet": sheet, "rows": rows, "wanted": wanted}
    return page(request, "channels/category.html", context, visit=visit)
