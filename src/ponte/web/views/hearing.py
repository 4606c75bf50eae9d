"""`/canais/CODE/notificacoes`: a new address for what the marketplace posts."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ponte.flows.channels import hears
from ponte.web.access import Visit, administering
from ponte.web.account.proof import unproved
from ponte.web.channels.hearing import hearing_of
from ponte.web.views.channels import channel_of, show


@require_POST
@administering
def make_address(request: HttpRequest, visit: Visit, code: str) -> HttpResponse:
    """Make a channel's address and show it, this once. Sent again (a reload), the form changes nothing."""
    channel = channel_of(visit, code)
    stands = hearing_of(channel)
    if stands is None:
        raise Http404
    if flaw := unproved(request, visit.user):
        return show(request, visit, channel, hearing=hearing_of(channel, flaw=flaw), status=422)
    if request.POST.get("seen", "") != stands.seen:
        text = _("O endereço já foi trocado. Se você não anotou o novo, troque de novo.")
        return show(request, visit, channel, hearing=hearing_of(channel, flaw=text), status=409)
    key = hears.new_key(channel, actor_id=visit.user.pk)
    return show(request, visit, channel, hearing=hearing_of(channel, address=hears.address_of(key)))
