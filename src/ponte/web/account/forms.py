"""The forms of signing in, as django-allauth asks for them."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm
from django.core.validators import MaxLengthValidator

from ponte.db.passwords import MAX_PASSWORD


class SignIn(LoginForm):
    """Name and password. The name's field is called `username`, as password managers know it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].validators.append(MaxLengthValidator(MAX_PASSWORD))

    def add_prefix(self, field_name: str) -> str:
        return "username" if field_name == "login" else super().add_prefix(field_name)
