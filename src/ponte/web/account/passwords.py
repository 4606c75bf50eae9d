"""A person's proof once more, before credentials change hands."""

from __future__ import annotations

from django.contrib.auth import authenticate
from django.http import HttpRequest

from ponte.db.models import User
from ponte.db.passwords import MAX_PASSWORD
from ponte.web.account.sessions import proved_lately


def confirmed(request: HttpRequest, user: User) -> bool:
    """True when the form brings the person's own password; wrong ones count as failed sign-ins.

    Who signs in with their company's account has none to give: they must have signed in there, or given a second
    factor, a short while ago.
    """
    if not user.has_usable_password():
        return proved_lately(request)
    password = request.POST.get("password", "")
    if not password or len(password) > MAX_PASSWORD:
        return False
    found = authenticate(request, username=user.get_username(), password=password)
    return found is not None and found.pk == user.pk
