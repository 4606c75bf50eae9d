"""`/pessoas`: who works in the store, what they may do, and how others come in."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.mail import send_mail
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ponte.db.models import Role, User
from ponte.db.people import Person, names_of_channels, people, person
from ponte.flows.people import credentials, invitations, membership
from ponte.flows.people.people import NotAllowedHereError, valid_address
from ponte.web.access import Visit, administering, confirmed
from ponte.web.account.people import channel_choices, role_choices, row_of, waiting_of
from ponte.web.pages import page

LAST_ADMIN = later("A loja precisa de alguém na administração. Dê este papel a outra pessoa antes.")


@require_safe
@administering
def index(request: HttpRequest, visit: Visit) -> HttpResponse:
    """List the people, and the invitations that wait."""
    channels = names_of_channels(visit.store.pk)
    context = {
        "rows": [row_of(one, channels, visit.user.pk) for one in people(visit.store.pk)],
        "waiting": [waiting_of(one, channels) for one in invitations.pending(visit.store.pk)],
    }
    return page(request, "people/list.html", context, visit=visit)


@require_http_methods(["GET", "HEAD", "POST"])
@administering
@confirmed
def invite(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the form of an invitation; a POST makes the link, which is shown this once."""
    channels = names_of_channels(visit.store.pk)
    email = request.POST.get("email", "").strip()
    flaw = ""
    if request.method == "POST":
        if email and not valid_address(email):
            flaw = _("Este endereço de e-mail não existe. Confira, ou deixe vazio.")
        else:
            try:
                made = invitations.invite(
                    visit.store,
                    role=request.POST.get("role", ""),
                    email=email,
                    channel_ids=_channels(request),
                    actor_id=visit.user.pk,
                )
            except NotAllowedHereError:
                flaw = _("Quem administra vê a loja inteira: escolha outro papel para limitar canais.")
            else:
                return _invited(request, visit, made)
    context = {
        "flaw": flaw,
        "email": email,
        "roles": role_choices(request.POST.get("role", Role.OPERATOR)),
        "channels": channel_choices(channels, _channels(request)),
        "mails": settings.HAS_EMAIL,
    }
    return page(request, "people/invite.html", context, visit=visit, status=400 if flaw else 200)


@require_POST
@administering
def revoke(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Make an invitation worthless."""
    if not invitations.revoke(visit.store.pk, number, actor_id=visit.user.pk):
        raise Http404
    messages.success(request, _("Convite cancelado."))
    return redirect("/pessoas")


@require_http_methods(["GET", "HEAD", "POST"])
@administering
@confirmed
def one(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Show a person; a POST gives them another role or other channels."""
    found = _person(visit, number)
    if request.method == "POST":
        return _change(request, visit, found)
    return _shown(request, visit, found)


@require_POST
@administering
@confirmed
def take_out(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Take a person out of the store."""
    found = _person(visit, number)
    try:
        membership.take_out(visit.store.pk, number, actor_id=visit.user.pk)
    except membership.LastAdminError:
        return _refused(request, number)
    messages.success(request, _("%(name)s não trabalha mais nesta loja.") % {"name": found.shown})
    return redirect("/pessoas")


@require_POST
@administering
@confirmed
def disable(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Shut a person out, or let them in again."""
    found = _governed(visit, number)
    try:
        if found.is_active:
            credentials.disable(number, actor_id=visit.user.pk)
        else:
            credentials.enable(number, actor_id=visit.user.pk)
    except membership.LastAdminError:
        return _refused(request, number)
    return redirect(f"/pessoas/{number}")


@require_POST
@administering
@confirmed
def reset_second_factor(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Take a colleague's second factors away; they sign in by password and make new ones."""
    _governed(visit, number)
    if credentials.forget_second_factor(number, actor_id=visit.user.pk):
        messages.success(request, _("Segundo fator apagado. As sessões desta pessoa foram encerradas."))
    return redirect(f"/pessoas/{number}")


@require_POST
@administering
@confirmed
def password_link(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Make a link for a new password and show it this once."""
    found = _governed(visit, number)
    link = credentials.password_link(User.objects.get(pk=number), actor_id=visit.user.pk)
    return _shown(request, visit, found, link=link)


def _change(request: HttpRequest, visit: Visit, found: Person) -> HttpResponse:
    try:
        membership.change(
            visit.store.pk,
            found.id,
            role=request.POST.get("role", ""),
            channel_ids=_channels(request),
            actor_id=visit.user.pk,
        )
    except membership.LastAdminError:
        return _refused(request, found.id)
    except NotAllowedHereError:
        flaw = _("Quem administra vê a loja inteira: escolha outro papel para limitar canais.")
        return _shown(request, visit, found, flaw=flaw)
    messages.success(request, _("Papel de %(name)s salvo.") % {"name": found.shown})
    return redirect("/pessoas")


def _shown(request: HttpRequest, visit: Visit, found: Person, *, link: str = "", flaw: str = "") -> HttpResponse:
    channels = names_of_channels(visit.store.pk)
    context = {
        "row": row_of(found, channels, visit.user.pk),
        "person": found,
        "roles": role_choices(found.role),
        "channels": channel_choices(channels, found.channel_ids),
        "governed": credentials.governs(visit.user.pk, found.id),
        "link": link,
        "flaw": flaw,
    }
    return page(request, "people/person.html", context, visit=visit, status=400 if flaw else 200)


def _invited(request: HttpRequest, visit: Visit, made: invitations.Invited) -> HttpResponse:
    sent = bool(made.invitation.email) and settings.HAS_EMAIL and _mail(visit, made)
    context = {"link": made.link, "invitation": made.invitation, "sent": sent}
    return page(request, "people/invited.html", context, visit=visit)


def _mail(visit: Visit, made: invitations.Invited) -> bool:
    """Send the link; a mail server that does not answer is no reason to lose it."""
    text = render_to_string("people/invitation.txt", {"visit": visit, "link": made.link})
    subject = _("Convite para o Ponte: %(store)s") % {"store": " ".join(visit.store.name.split())}
    return bool(send_mail(subject, text, None, [made.invitation.email], fail_silently=True))


def _person(visit: Visit, number: int) -> Person:
    found = person(visit.store.pk, number)
    if found is None:
        raise Http404
    return found


def _governed(visit: Visit, number: int) -> Person:
    """Return somebody else of this store whom this administrator governs in all their stores. Raises `Http404`."""
    found = _person(visit, number)
    if number == visit.user.pk or not credentials.governs(visit.user.pk, number):
        raise Http404
    return found


def _channels(request: HttpRequest) -> list[int]:
    return [int(text) for text in request.POST.getlist("channel")[:500] if text.isdecimal() and len(text) < 19]


def _refused(request: HttpRequest, number: int) -> HttpResponse:
    messages.error(request, str(LAST_ADMIN))
    return redirect(f"/pessoas/{number}")
