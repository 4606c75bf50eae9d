"""The page where a seller lets an application in: each account of the fake to choose, or no."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from urllib.parse import urlencode

from ponte.sandbox.mercadolivre.settings import Account

_PAGE = """<!doctype html>
<html lang="pt-BR"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Permitir acesso</title></head>
<body><main><h1>Permitir acesso</h1>
<p>O aplicativo {app} pede acesso de leitura e escrita. Isto é um marketplace de teste.</p>
<ul>{accounts}</ul><p><a href="{refusal}">Não permitir</a></p></main></body></html>
"""


def authorization_page(asked: Mapping[str, str], accounts: Iterable[Account]) -> str:
    """Return the page; every choice is a link, as the vendor's page redirects too."""
    links = "".join(
        f'<li><a href="{escape(_with(asked, account.user_id))}">Permitir como {escape(account.nickname)}</a></li>'
        for account in accounts
    )
    app = escape(asked.get("client_id", ""))
    return _PAGE.format(app=app, accounts=links, refusal=escape(refusal(asked)))


def refusal(asked: Mapping[str, str]) -> str:
    """Return where somebody is sent who does not let the application in."""
    return back(asked, {"error": "access_denied", "error_description": "The resource owner denied the request"})


def back(asked: Mapping[str, str], said: Mapping[str, str]) -> str:
    """Return the application's own address with what is said to it, and its state."""
    redirect_uri = asked.get("redirect_uri", "")
    told = {**said, **({"state": asked["state"]} if "state" in asked else {})}
    glue = "&" if "?" in redirect_uri else "?"
    return f"{redirect_uri}{glue}{urlencode(told)}"


def _with(asked: Mapping[str, str], user_id: int) -> str:
    return f"/authorization?{urlencode({**asked, 'user_id': str(user_id)})}"
