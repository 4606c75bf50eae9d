"""To the company's sign-in and back (OpenID Connect)."""

from __future__ import annotations

from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from ponte.db.models import User
from ponte.flows.people.people import note_person
from ponte.web.access import confirmed, signed_in_person
from ponte.web.company.checking import CheckedAnswers, is_on, provider_id
from ponte.web.pages import page


@never_cache
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Lead to the company's page. By a page in between: a form may lead to our own addresses only (CSP)."""
    _must_be_on()
    try:
        answer = OAuth2LoginView.adapter_view(CheckedAnswers(request, provider_id()))(request)
    except (OSError, ValueError, KeyError):
        return _out_of_reach(request)
    if answer.status_code != 302:
        return _out_of_reach(request)
    return page(request, "account/leaving.html", {"address": answer["Location"]})


@never_cache
@require_GET
def back(request: HttpRequest) -> HttpResponse:
    """Take the company's answer. Whatever is wrong with it, nobody comes in and the password still works."""
    _must_be_on()
    try:
        answer: HttpResponse = OAuth2CallbackView.adapter_view(CheckedAnswers(request, provider_id()))(request)
    except (OSError, ValueError, KeyError):
        return _out_of_reach(request)
    return answer


@require_POST
@signed_in_person
@confirmed
def disconnect(request: HttpRequest, user: User) -> HttpResponse:
    """Take the connection to the company's account away."""
    gone, _rows = SocialAccount.objects.filter(user=user).delete()
    if gone:
        note_person("company disconnected", user.pk, actor_id=user.pk)
        messages.success(request, _("Conta da empresa desligada."))
    return redirect("/conta/seguranca")


def _must_be_on() -> None:
    if not is_on():
        raise Http404


def _out_of_reach(request: HttpRequest) -> HttpResponse:
    return page(request, "account/company_error.html", {}, status=502)
