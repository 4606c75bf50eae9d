"""What a password may be, beside Django's own checks."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MAX_PASSWORD = 128


class Fitting:
    """At most 128 characters and no NUL: longer ones cost time to hash and say nothing more."""

    def validate(self, password: str, user: object = None) -> None:  # noqa: ARG002 -- Django passes it
        """Raise `ValidationError` for a password that does not fit."""
        if len(password) > MAX_PASSWORD or "\x00" in password:
            raise ValidationError(self.get_help_text(), code="password_does_not_fit")

    def get_help_text(self) -> str:
        return _("A senha pode ter no máximo 128 caracteres.")
