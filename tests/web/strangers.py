"""What the matrix of strangers needs: every route, an example of each thing a route names, and what a change is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from cast import person, proved
from factories import make_attempt, make_channel, make_exchange, make_integration
from ponte.db.models import (
    BulkAction,
    Cause,
    CodeRule,
    Export,
    Invitation,
    MappingVersion,
    Membership,
    Note,
    Role,
    SavedView,
    SkuList,
    User,
)
from ponte.flows.people.people import make_token

MARK = "SEGREDO-DA-ANA"
CODE = "segredo-da-ana"

# What a route names: the beginning of the route, then parameter -> thing of `Things`, or a value as it is.
# The first beginning that fits and knows the parameter counts. A page under a known beginning is covered by itself.
EXAMPLES: list[tuple[str, dict[str, str]]] = [
    ("produtos/lista/", {"number": "{sku_list}"}),
    ("produtos/visoes/", {"number": "{view}"}),
    ("produtos/opcoes/", {"key": "categoria"}),
    ("produtos/", {"number": "{record}", "nth": "1", "note": "{note}"}),
    ("canais/", {"code": CODE, "number": "1", "category": "MLB1"}),
    ("exportar/", {"what": "registros"}),
    ("exportacoes/", {"number": "{export}"}),
    ("pessoas/convite/", {"number": "{invitation}"}),
    ("pessoas/", {"number": "{person}"}),
    ("fila/canais/", {"code": CODE, "verb": "pausar"}),
    ("fila/acoes/", {"number": "{action}", "verb": "pausar"}),
    ("fila/", {"number": "{record}", "verb": "pausar"}),
    ("causas/", {"number": "{cause}"}),
    ("codigos/exemplo/", {"number": "{cause}"}),
    ("codigos/regras/", {"number": "{code_rule}", "verb": "desligar"}),
    ("alertas/", {"number": "1"}),
    ("conta/seguranca/chaves/", {"pk": "{passkey}"}),
    ("convite/", {"token": "x" * 43}),
    ("ativos/", {"name": "0123456789ab.css"}),
    ("entrar/nova-senha/", {"uidb36": "1", "key": "abc-0123456789"}),
    ("api/v1/integrations/", {"integration_id": "{record}"}),
    ("api/v1/actions/", {"action_id": "{action}"}),
    ("api/v1/causes/", {"cause_id": "{cause}"}),
    ("api/v1/channels/", {"code": CODE}),
    ("", {"account": "lojamodelo"}),
]
# Routes that anybody may open; what they must not do is change something or show something.
OPEN = (
    "ativos/", "entrar", "convite/", "sair", "idioma", "tema", "sem-loja", "healthz", "readyz", "metrics",
    "relatos/csp", "api/v1/openapi", "api/v1/docs",
)  # fmt: skip
# What belongs to a browser or is counted about it, not to a store: may change when somebody only looks.
OF_THE_BROWSER = {"sessions.session", "db.cached", "axes.accessattempt", "axes.accesslog", "axes.accessfailurelog"}


@dataclass(frozen=True)
class Route:
    """One route; `api` routes are asked with a token."""

    text: str
    names: tuple[str, ...] = ()

    @property
    def api(self) -> bool:
        return self.text.startswith(("api", "logs", "metrics")) or "account" in self.names

    @property
    def open(self) -> bool:
        return self.text.startswith(OPEN)

    def address(self, things: Things) -> str:
        """Return the address with the ids of Ana's things. Raises `LookupError` for what has no example."""
        path = self.text
        for name in self.names:
            path = re.sub(rf"<(?:\w+:)?{name}>", lambda _, name=name: self._example(name, things), path)
        return "/" + path

    @property
    def names_things(self) -> bool:
        """Say whether it names something of a store, and not just a word."""
        return any("{" in known or known == CODE for known in map(self._known, self.names))

    def _example(self, name: str, things: Things) -> str:
        return self._known(name).format(**things.ids)

    def _known(self, name: str) -> str:
        for beginning, known in EXAMPLES:
            if self.text.startswith(beginning) and name in known:
                return known[name]
        raise LookupError(f"give an example of <{name}> in {self.text} in EXAMPLES (tests/web/strangers.py)")


def routes() -> list[Route]:
    """Return every route that Django knows."""
    return sorted({_route(text) for text in _walk(get_resolver().url_patterns)}, key=lambda route: route.text)


def _walk(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        text = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, text)
        else:
            yield text


def _route(text: str) -> Route:
    """Return a route with its names; a regular expression is read as the plain path it stands for."""
    text = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", text.replace("(?:/.*)?", ""))
    text = text.replace("/?", "").strip("^$")
    return Route(text, tuple(re.findall(r"<(?:\w+:)?(\w+)>", text)))


@dataclass
class Things:
    """Everything of Ana's store that a route can name, in a channel that Olga does not see; `form` names it all."""

    ids: dict[str, Any]
    form: dict[str, Any] = field(default_factory=dict)


def make_things(cast) -> Things:
    channel = make_channel(cast.store, CODE, MARK)
    record = make_integration(channel, "990011", name=MARK, brand=MARK)
    make_exchange(make_attempt(record), response_body=MARK)
    now = timezone.now()
    cause, _ = Cause.objects.update_or_create(
        channel=channel,
        fingerprint=record.fingerprint,
        defaults={
            "problem_class": record.headline_class,
            "stage": record.headline_stage,
            "severity": "error",
            "subject": MARK,
            "message": MARK,
            "count": 1,
            "first_at": now,
            "last_at": now,
            "state_at": now,
        },
    )
    action = BulkAction.objects.create(
        store=cast.store,
        actor=cast.ana,
        verb="reprocess",
        selection={"ids": [record.pk]},
        frozen_at=now,
        last_id=record.pk,
    )
    MappingVersion.objects.create(channel=channel, number=1, text=f"# {MARK}\nversion: 1\n", at=now)
    rule = CodeRule.objects.create(
        store=cast.store,
        connector="mercadolivre",
        match="code",
        pattern=MARK,
        problem_class="DUPLICATE",
        changed_at=now,
    )
    ids = {
        "code_rule": rule.pk,
        "record": record.pk,
        "cause": cause.pk,
        "action": action.pk,
        "channel": channel.pk,
        "store": cast.store.pk,
        "person": cast.bruno.pk,
        "note": Note.objects.create(store=cast.store, integration=record, author=cast.ana, text=MARK, at=now).pk,
        "view": SavedView.objects.create(store=cast.store, owner=cast.ana, name=MARK, query="status=error").pk,
        "sku_list": SkuList.objects.create(
            store=cast.store, owner=cast.ana, digest="0" * 32, skus=["990011"], used_at=now
        ).pk,
        "export": Export.objects.create(
            store=cast.store, actor=cast.ana, what="records", file_type="csv", started_at=now, moved_at=now
        ).pk,
        "invitation": Invitation.objects.create(
            store=cast.store,
            email=f"{CODE}@loja.test",
            role="viewer",
            digest="1" * 64,
            expires_at=now + timedelta(days=1),
        ).pk,
        "passkey": Authenticator.objects.create(user=cast.ana, type=Authenticator.Type.TOTP, data={"secret": ""}).pk,
        "session": UserSession.objects.create(user=cast.ana, ip="127.0.0.1", session_key="x" * 32, user_agent="").pk,
    }
    return Things(ids, _form(ids))


def _form(ids: dict[str, Any]) -> dict[str, Any]:
    """Return a form that names all of Ana's things under every name a form might have."""
    return {
        **ids,
        "id": [ids["record"]],
        "ids": [ids["record"]],
        "cause_id": ids["cause"],
        "canal": CODE,
        "channel": [ids["channel"]],
        "code": CODE,
        "verb": "reprocess",
        "state": "ignored",
        "role": "admin",
        "text": "x",
        "name": "x",
        "query": f"canal={CODE}",
        "selection": str(ids["record"]),
        "shared": "on",
    }


@dataclass(frozen=True)
class Somebody:
    """A person with a browser and a token; None is nobody."""

    user: User | None = None
    token: str = ""

    def ask(self, method: str, route: Route, things: Things, **how: Any):
        client = Client(raise_request_exception=False, **how)
        headers = {}
        if self.user and not route.api:
            client.force_login(self.user, backend="django.contrib.auth.backends.ModelBackend")
            proved(client)
        if self.token and route.api:
            headers["Authorization"] = f"Bearer {self.token}"
        body: dict[str, Any] = {"data": things.form} if method == "POST" else {}
        if method in {"POST", "PUT", "PATCH"} and route.api:
            body = {
                "data": {"ids": things.form["ids"], "state": "ignored", "verb": "reprocess"},
                "content_type": "application/json",
            }
        answer = getattr(client, method.lower())(route.address(things), headers=headers, **body)
        answer.whole = answer.getvalue() if answer.streaming else answer.content
        return answer


def people_of(cast) -> dict[str, Somebody]:
    """Return Ana (the store is hers), Olga (operates one other channel of it), Carla (another store), and nobody."""
    olga = person("olga", cast.store, Role.OPERATOR)
    Membership.objects.filter(user=olga).update(channel_ids=[cast.channel.pk])
    return {
        "owner": Somebody(cast.ana, make_token(cast.ana, cast.store, "t")),
        "limited": Somebody(olga, make_token(olga, cast.store, "t")),
        "stranger": Somebody(cast.carla, make_token(cast.carla, cast.other_store, "t")),
        "nobody": Somebody(),
    }


Rows = dict[tuple[str, Any], dict[str, Any]]


# When somebody signed in or a token was used last is noted at the asking itself.
UNTOLD = {"last_login", "used_at", "last_seen_at"}


def snapshot() -> Rows:
    """Return every row of every table, but what belongs to browsers."""
    return {
        (model._meta.label_lower, values["pk"]): values
        for model in apps.get_models()
        if model._meta.label_lower not in OF_THE_BROWSER and model._meta.managed
        for values in model.objects.values("pk", *columns(model))
    }


def columns(model) -> list[str]:
    return [one.attname for one in model._meta.concrete_fields if one.attname not in UNTOLD]


def changes(before: Rows, after: Rows) -> list[tuple[str, Any]]:
    return sorted((key for key in {*before, *after} if before.get(key) != after.get(key)), key=str)


def of_the_store(cast, things: Things, key: tuple[str, Any], *versions: dict[str, Any] | None) -> bool:
    """Say whether a row that changed is Ana's store's, or one of its people's."""
    channels = {cast.channel.pk, things.ids["channel"]}
    people = {cast.ana.pk, cast.bruno.pk, cast.vera.pk}
    for values in versions:
        if values is None:
            continue
        if values.get("store_id") == cast.store.pk or values.get("channel_id") in channels:
            return True
        if values.get("user_id") in people or values.get("integration_id") == things.ids["record"]:
            return True
        if key in {
            ("db.store", cast.store.pk),
            *(("db.user", pk) for pk in people),
            *(("db.channel", pk) for pk in channels),
        }:
            return True
    return False
