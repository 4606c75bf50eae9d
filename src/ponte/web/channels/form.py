"""The forms about channels: what was typed, what is wrong with it, and fields whose secrets are never shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from django.http import QueryDict
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ponte.db.models import Channel
from ponte.domain.connector import Manifest, Setting
from ponte.flows.channels.fitness import MAX_VALUE, NOBODY, Access, Described, Unfit, told_by_connecting
from ponte.web.explained import language
from ponte.web.numbers import shown_number, typed_number, typed_whole

N = TypeVar("N", int, float)
Flaws = Mapping[str, str | Promise]

SAID: Mapping[Unfit, str | Promise] = {
    Unfit.MISSING: gettext_lazy("Preencha este campo."),
    Unfit.TOO_LONG: gettext_lazy("O texto é longo demais."),
    Unfit.UNPRINTABLE: gettext_lazy(
        "Há caracteres invisíveis aqui, como uma quebra de linha. Cole de novo, sem eles."
    ),
    Unfit.CODE: gettext_lazy("Use só letras sem acento, números, hífen e sublinhado, até 40. “novo” e “vtex” não."),
    Unfit.CODE_TAKEN: gettext_lazy("A loja já tem um canal com este código."),
    Unfit.AFFILIATE: gettext_lazy("O afiliado da VTEX tem até três letras."),
    Unfit.POLICY: gettext_lazy("A política comercial é um número, como 1."),
    Unfit.RATE: gettext_lazy("Use um valor de 0,1 a 1.000 por segundo, ou deixe vazio."),
    Unfit.AT_ONCE: gettext_lazy("Use um valor de 1 a 200, ou deixe vazio."),
    Unfit.NOT_AN_ADDRESS: gettext_lazy("Isto não é um endereço. Comece com https://, sem usuário nem parâmetros."),
    Unfit.NOT_HTTPS: gettext_lazy("O endereço precisa começar com https://."),
    Unfit.PORT: gettext_lazy("Só as portas 443 e 8443 são permitidas."),
    Unfit.INWARD: gettext_lazy("Este endereço leva a uma rede interna. O Ponte só chama endereços públicos."),
    Unfit.ELSEWHERE: gettext_lazy(
        "O endereço mudou: informe este campo de novo. O guardado só vale para o de antes."
    ),
}
NOT_A_NUMBER = gettext_lazy(
    "Este número não está claro. Use vírgula só para decimais e ponto só para milhares: 1.000,5."
)
FROM_CONNECTING = frozenset({"access_token", "refresh_token"})
"""Secrets that connecting the account brings."""
WORTH_A_FOLD = 6


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form. A secret has no value: only when it was set."""

    name: str
    label: str | Promise
    value: str = ""
    hint: str | Promise = ""
    flaw: str | Promise = ""
    secret: bool = False
    is_set: bool = False
    set_at: datetime | None = None
    required: bool = False
    number: bool = False
    wide: bool = False
    usual: bool = False
    """Rarely changed, and nothing is wrong with it: it may stand below a fold."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What a form brought: the value where it could be read, the texts as typed, and what is wrong."""

    texts: Mapping[str, str]
    described: Described
    flaws: Flaws = field(default_factory=dict)


def typed(form: QueryDict) -> Typed:
    """Read name, affiliate, trade policy and pace from a form."""
    names = ("code", "name", "affiliate_id", "trade_policy", "requests_per_second", "concurrency")
    texts = {name: form.get(name, "").strip()[:MAX_VALUE] for name in names}
    flaws: dict[str, str | Promise] = {}
    rate = _number(texts, "requests_per_second", typed_number, flaws)
    at_once = _number(texts, "concurrency", typed_whole, flaws)
    described = Described(texts["name"], texts["affiliate_id"], texts["trade_policy"], rate, at_once)
    return Typed(texts, described, flaws)


def typed_access(form: QueryDict, manifest: Manifest) -> Access:
    """Read address, settings and secrets from a form."""
    given = {one.name: form.get(f"s_{one.name}", "").strip() for one in manifest.settings}
    secret = {one.name for one in manifest.settings if one.secret}
    return Access(
        base_url=form.get("base_url", "").strip(),
        settings={name: value for name, value in given.items() if name not in secret},
        secrets={name: value for name, value in given.items() if name in secret and value},
    )


def said(flaws: Mapping[str, Unfit]) -> dict[str, str | Promise]:
    """Return the texts of what is wrong."""
    return {name: SAID[flaw] for name, flaw in flaws.items()}


def kept_texts(channel: Channel) -> dict[str, str]:
    """Return a channel's description as it would be typed."""
    return {
        "name": channel.name,
        "affiliate_id": channel.affiliate_id,
        "trade_policy": channel.trade_policy,
        "requests_per_second": shown_number(channel.requests_per_second),
        "concurrency": shown_number(channel.concurrency),
    }


def described_fields(texts: Mapping[str, str], manifest: Manifest | None, flaws: Flaws) -> tuple[Field, ...]:
    """Return the fields of a channel's description and pace."""
    usual = manifest.limits if manifest else None
    rate = (
        _("Vazio: o ritmo do conector, %(rate)s.") % {"rate": shown_number(usual.requests_per_second)}
        if usual
        else ""
    )
    most = _("Vazio: o do conector, %(count)s.") % {"count": shown_number(usual.concurrency)} if usual else ""
    told = (
        ("name", _("Nome"), _("Como aparece nas listas."), False),
        ("affiliate_id", _("Afiliado na VTEX"), _("As três letras do afiliado que notifica este canal."), False),
        ("trade_policy", _("Política comercial"), _("Troca de política: rode a carga de novo em seguida."), False),
        ("requests_per_second", _("Requisições por segundo"), rate, True),
        ("concurrency", _("Envios ao mesmo tempo"), most, True),
    )
    required = {"name", "trade_policy"}
    return tuple(
        Field(
            name,
            label,
            texts.get(name, ""),
            hint,
            flaws.get(name, ""),
            required=name in required,
            number=number,
            wide=name == "name",
        )
        for name, label, hint, number in told
    )


def access_fields(
    manifest: Manifest, channel: Channel | None, given: Access | None, flaws: Flaws
) -> tuple[Field, ...]:
    """Return the fields of a channel's account. What a secret holds is never among them."""
    settings = given.settings if given else (channel.settings if channel else {})
    later = told_by_connecting(manifest)
    return tuple(_setting_field(one, channel, settings, flaws, later=one.name in later) for one in manifest.settings)


def folded(fields: tuple[Field, ...]) -> tuple[tuple[Field, ...], tuple[Field, ...]]:
    """Return the fields to show and those below the fold: few usual ones are not worth one."""
    usual = tuple(one for one in fields if one.usual)
    if len(usual) < WORTH_A_FOLD:
        return fields, ()
    return tuple(one for one in fields if not one.usual), usual


def address_field(manifest: Manifest, value: str, flaws: Flaws) -> Field:
    """Return the field of the address; without a usual one (`.invalid`) it is the account's own."""
    label, flaw = _("Endereço do marketplace"), flaws.get("base_url", "")
    if manifest.base_url.endswith(NOBODY):
        hint = _("O endereço que o marketplace deu com a chave. Comece com https://.")
        return Field("base_url", label, value, hint, flaw, required=True, wide=True)
    hint = _("Vazio: %(address)s. Só para ambientes de teste.") % {"address": manifest.base_url}
    return Field("base_url", label, value, hint, flaw, wide=True, usual=not flaw)


def _setting_field(
    one: Setting, channel: Channel | None, settings: Mapping[str, object], flaws: Flaws, *, later: bool
) -> Field:
    label = one.label.get(language()) or one.label.get("pt-BR") or one.name
    name, flaw = f"s_{one.name}", flaws.get(one.name, "")
    if not one.secret:
        value = str(settings.get(one.name, "") or one.default)
        usual = bool(one.default) and not one.required and not flaw
        hint = _("“Conectar conta” preenche sozinho.") if later else ""
        return Field(name, label, value, hint, flaw, required=one.required and not later, wide=True, usual=usual)
    stamps = (channel.secrets_at if channel else None) or {}
    kept = one.name in stamps or (channel is not None and channel.secrets_at is None)
    at = stamps.get(one.name)
    by_connecting = not one.required and one.name in FROM_CONNECTING
    hint = _("“Conectar conta” preenche sozinho.") if by_connecting else ""
    return Field(
        name,
        label,
        hint=hint,
        flaw=flaw,
        secret=True,
        is_set=kept,
        set_at=parse_datetime(at) if at else (channel.created_at if channel and kept else None),
        required=one.required and not kept,
        wide=True,
    )


def _number(
    texts: Mapping[str, str], name: str, read: Callable[[str], N], flaws: dict[str, str | Promise]
) -> N | None:
    if not texts[name]:
        return None
    try:
        return read(texts[name])
    except ValueError:
        flaws[name] = NOT_A_NUMBER
        return None
