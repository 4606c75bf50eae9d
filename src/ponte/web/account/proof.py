"""A person's proof that it is them, before credentials change hands. One rule: it is at most 15 minutes old.

Signing in is one, so are the password, a second factor or the company's sign-in shown again (`/conta/confirmar`).
`ponte.web.access.confirmed` asks for one before a page; a form that holds secrets asks for it in itself, so that
nothing has to be typed twice: with the password, where the last proof is older.
"""

from __future__ import annotations

from typing import Final

from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from ponte.db.models import User
from ponte.db.passwords import MAX_PASSWORD
from ponte.web.account.sessions import proved_lately

WRONG: Final = gettext_lazy("A senha não confere.")
OLD: Final = gettext_lazy("Faz mais de 15 minutos que você confirmou que é você.")


def unproved(request: HttpRequest, user: User) -> str | Promise:
    """Return why a form must not be carried out yet, "" when it may.

    A password that it brings must be right, however young the last proof is, and is a proof; wrong ones count as
    failed sign-ins.
    """
    password = request.POST.get("password", "")
    if not password or not user.has_usable_password():
        return "" if proved_lately(request) else OLD
    if len(password) > MAX_PASSWORD:
        return WRONG
    found = authenticate(request, username=user.get_username(), password=password)
    if found is None or found.pk != user.pk:
        return WRONG
    reauthenticate_by_password(request)
    return ""
