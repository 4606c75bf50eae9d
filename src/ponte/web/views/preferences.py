"""Language, theme and current store of a person."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from ponte.db.models import User
from ponte.web.access import STORE_KEY, Visit, signed_in
from ponte.web.pages import THEME_COOKIE, THEMES, safe_next

YEAR: Final = 365 * 24 * 60 * 60


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Change the language, for anybody; a signed-in person's is kept with them too."""
    asked = request.POST.get("language", "")
    if asked not in dict(settings.LANGUAGES):
        raise Http404
    if isinstance(request.user, User):
        User.objects.filter(pk=request.user.pk).update(language=asked)
    answer = redirect(safe_next(request))
    remember_language(answer, asked)
    return answer


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Change the theme, for anybody."""
    asked = request.POST.get("theme", "")
    if asked not in THEMES:
        raise Http404
    if isinstance(request.user, User):
        User.objects.filter(pk=request.user.pk).update(theme=asked)
    answer = redirect(safe_next(request))
    remember_theme(answer, asked)
    return answer


@require_POST
@signed_in
def set_store(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Change the current store to another one of the person's."""
    asked = request.POST.get("store", "")
    chosen = next((found for found in visit.memberships if str(found.store_id) == asked), None)
    if chosen is None:
        raise Http404
    request.session[STORE_KEY] = chosen.store_id
    return redirect("/produtos")


def remember_language(answer: HttpResponse, language: str) -> None:
    _remember(answer, settings.LANGUAGE_COOKIE_NAME, language)


def remember_theme(answer: HttpResponse, theme: str) -> None:
    _remember(answer, THEME_COOKIE, theme)


def _remember(answer: HttpResponse, name: str, value: str) -> None:
    answer.set_cookie(name, value, max_age=YEAR, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE)
