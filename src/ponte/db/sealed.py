"""Secrets at rest: AES-256-GCM, each value bound to its row and field.

A value reads `v1:` + base64(nonce + ciphertext). The row and field are authenticated with it, so that a value copied
to another row or column does not open.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ponte.config import config

PREFIX = "v1:"
NONCE_BYTES = 12


class WrongKeyError(Exception):
    """A stored secret does not open: the secret key is not the one it was sealed with, or the row was altered."""


def seal(plain: str, *, row: str, field: str) -> str:
    """Encrypt a text for one field of one row; an empty text stays empty."""
    if not plain:
        return ""
    nonce = os.urandom(NONCE_BYTES)
    box = _cipher(config().secret_key).encrypt(nonce, plain.encode(), _bound_to(row, field))
    return PREFIX + base64.b64encode(nonce + box).decode()


def unseal(stored: str, *, row: str, field: str) -> str:
    """Decrypt what `seal` made for the same row and field.

    Raises:
        WrongKeyError: it was sealed with another key, or for another row or field.
    """
    if not stored:
        return ""
    try:
        raw = base64.b64decode(stored.removeprefix(PREFIX), validate=True)
        cipher = _cipher(config().secret_key)
        return cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], _bound_to(row, field)).decode()
    except (InvalidTag, ValueError) as error:
        raise WrongKeyError(f"the secret {field} of {row} does not open with this PONTE_SECRET_KEY") from error


def seal_all(secrets: Mapping[str, str], *, row: str, field: str) -> str:
    """Encrypt several named secrets as one value."""
    return seal(json.dumps(dict(secrets), sort_keys=True), row=row, field=field) if secrets else ""


def unseal_all(stored: str, *, row: str, field: str) -> dict[str, str]:
    """Decrypt what `seal_all` made."""
    plain = unseal(stored, row=row, field=field)
    return {str(name): str(value) for name, value in json.loads(plain).items()} if plain else {}


def _bound_to(row: str, field: str) -> bytes:
    return f"{row}\x1f{field}".encode()


@cache
def _cipher(secret_key: str) -> AESGCM:
    key = HKDF(SHA256(), 32, salt=None, info=b"ponte: secrets at rest").derive(secret_key.encode())
    return AESGCM(key)
