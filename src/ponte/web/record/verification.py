"""The result of "Verificar agora": what a send would be now, told without sending."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ponte.db.models import Attempt, Integration
from ponte.db.records import provenance_to_json
from ponte.domain.offer import Offer
from ponte.domain.problem import headline_first
from ponte.flows.pipeline.context import Unready
from ponte.flows.preview import Late, Preview
from ponte.web.labels import Label
from ponte.web.products.origin import Reason, reason_of
from ponte.web.record.changes import Changes, since_accepted_to
from ponte.web.record.content import pretty
from ponte.web.record.fields import Fields, Show, fields_of

OTHERWISE = Label(gettext_lazy("Ok"), "", "")


@dataclass(frozen=True, slots=True)
class Verification:
    """What is shown. `tone` is "suc", "wrn" or "err"; the rest is empty where nothing could be made."""

    title: str | Promise
    text: str | Promise
    icon: str
    tone: str
    reasons: tuple[Reason, ...] = ()
    fields: Fields | None = None
    offer: str = ""
    changes: Changes | None = None


def verification_of(found: Integration, seen: Preview | Unready | Late, accepted: Attempt | None) -> Verification:
    """Put a dry run into words."""
    match seen:
        case Late(seconds):
            return _late(seconds)
        case Unready(reason, detail):
            return _unready(reason, detail)
        case Preview():
            return _seen(found, seen, accepted)


def _late(seconds: float) -> Verification:
    text = _(
        "A VTEX ou o marketplace não respondeu em %(seconds)d segundos. Nada foi enviado e nada mudou; tente de novo "
        "daqui a pouco."
    )
    return Verification(_("Sem resposta a tempo"), text % {"seconds": seconds}, "clock", "wrn")


def _unready(reason: str, detail: str) -> Verification:
    if reason == "mapping":
        text = _("O mapeamento do canal tem um erro (%(detail)s): corrija-o e verifique de novo.")
    else:
        text = _("O conector do canal não pode ser usado (%(detail)s).")
    return Verification(_("O canal não está pronto"), text % {"detail": detail[:200]}, "plug", "err")


def _seen(found: Integration, seen: Preview, accepted: Attempt | None) -> Verification:
    problems = headline_first(seen.problems)
    blocking = sum(problem.blocking for problem in problems)
    title, text, icon, tone = _verdict(seen, blocking, accepted)
    return Verification(
        title=title,
        text=text,
        icon=icon,
        tone=tone,
        reasons=tuple(reason_of(problem, found) for problem in problems),
        fields=_fields(found, seen) if seen.offer else None,
        offer=pretty(dict(seen.offer.payload)) if seen.offer else "",
        changes=since_accepted_to(accepted, _plain(seen.offer)) if seen.offer else None,
    )


def _verdict(seen: Preview, blocking: int, accepted: Attempt | None) -> tuple[str, str, str, str]:
    if seen.offer is None:
        text = _("A leitura parou antes de montar o anúncio. Nada foi enviado.")
        return _("Não foi possível verificar"), text, "error", "err"
    if blocking:
        text = ngettext(
            "%(count)d problema impede o envio agora.", "%(count)d problemas impedem o envio agora.", blocking
        )
        return _("Não seria enviado"), text % {"count": blocking}, "error", "err"
    if accepted is not None and accepted.offer == _plain(seen.offer):
        text = _("O anúncio é igual ao último aceito: o Ponte não reenvia o que não mudou, a não ser a seu pedido.")
        return _("Nada a enviar"), text, "ok", "suc"
    if seen.problems:
        return _("Seria enviado, com alerta"), _("Nada impede o envio. Veja o alerta abaixo."), "alert", "wrn"
    text = _("Nada impede o envio com os dados de agora. A resposta do marketplace só se sabe ao enviar.")
    if seen.asked:
        text = _(
            "Nada impede o envio com os dados de agora, e o marketplace aceitou o anúncio na conferência prévia."
        )
    return _("Seria enviado"), text, "ok", "suc"


def _plain(offer: Offer | None) -> dict[str, object]:
    return dict(offer.payload) if offer else {}


def _fields(found: Integration, seen: Preview) -> Fields:
    provenance = [provenance_to_json(one) for one in seen.offer.provenance] if seen.offer else []
    return fields_of(found, provenance, seen.problems, otherwise=OTHERWISE, show=Show.ALL)
