"""Render a page: what every page needs is put together here, in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ponte import __version__
from ponte.db.models import User
from ponte.domain.zones import place_of
from ponte.web.access import NoStore, Visit, visit_of
from ponte.web.account.second_factor import lacks_second_factor
from ponte.web.account.sessions import proved_lately
from ponte.web.labels import ROLES
from ponte.web.navigation import Place, menu

THEME_COOKIE = "ponte_theme"
THEMES = ("system", "light", "dark")
SHORT_LANGUAGES = {"pt-br": "Português", "en": "English", "es": "Español"}


@dataclass(frozen=True, slots=True)
class Chrome:
    """The frame of a page: language, theme, person and stores."""

    language: str
    lang: str
    languages: Mapping[str, str]
    theme: str
    themes: Mapping[str, str | Promise]
    version: str
    here: str
    visit: Visit | None = None
    proved: bool = False
    """True when the person showed who they are so lately that no form has to ask again."""
    role: str | Promise = ""
    initials: str = ""
    place: str = ""
    """Where the store's clock is."""
    menu: tuple[Place, ...] = ()

    @property
    def layout(self) -> str:
        """Return the template around a page that is also for people who work in no store yet."""
        return "app.html" if self.visit else "account/alone.html"

    @property
    def around_trouble(self) -> str:
        """Return the template around a page about what went wrong: the menu stays for who has one."""
        return "app.html" if self.visit else "base.html"


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, visit: Visit | None = None, status: int = 200
) -> HttpResponse:
    """Render a whole page or a region with its frame's values under `chrome`."""
    return render(request, template, {**context, "chrome": chrome(request, visit)}, status=status)


def trouble(request: HttpRequest, template: str, context: Mapping[str, Any], *, status: int) -> HttpResponse:
    """Render a page about what went wrong, with the menu of whoever is signed in and may use it."""
    visit = _visit_or_none(request) if hasattr(request, "user") else None
    usable = visit and not lacks_second_factor(visit.user) and not request.headers.get("HX-Request")
    return page(request, template, context, visit=visit if usable else None, status=status)


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return the frame for pages that are not rendered by `page`: allauth's views with our templates."""
    return {"chrome": SimpleLazyObject(lambda: chrome(request, _visit_or_none(request)))}


def chrome(request: HttpRequest, visit: Visit | None = None) -> Chrome:
    """Return the frame's values."""
    language = get_language() or settings.LANGUAGE_CODE
    return Chrome(
        language=language,
        lang="pt-BR" if language == "pt-br" else language,
        languages=SHORT_LANGUAGES,
        theme=theme_of(request),
        themes={"system": _("Do sistema"), "light": _("Claro"), "dark": _("Escuro")},
        version=__version__,
        here=request.get_full_path(),
        visit=visit,
        place=place_of(visit.store.time_zone) if visit else "",
        proved=visit is not None and proved_lately(request),
        role=ROLES[visit.membership.role] if visit else "",
        initials=_initials(visit.user) if visit else "",
        menu=menu(request, visit) if visit and not request.headers.get("HX-Request") else (),
    )


def theme_of(request: HttpRequest) -> str:
    """Return the theme asked for by cookie, "system" otherwise."""
    asked = request.COOKIES.get(THEME_COOKIE, "")
    return asked if asked in THEMES else "system"


def safe_next(request: HttpRequest, otherwise: str = "/produtos") -> str:
    """Return the path to go back to that the form names, if it is one of ours."""
    wanted = request.POST.get("next", "")
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return otherwise


def _visit_or_none(request: HttpRequest) -> Visit | None:
    try:
        return visit_of(request)
    except NoStore:
        return None


def _initials(user: User) -> str:
    words = (user.get_full_name() or user.username).split()
    return "".join(word[0] for word in words[:2]).upper() or "?"
