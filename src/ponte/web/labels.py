"""The words on the screen for the values of the domain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ponte.db.filters import Bucket, Flaw, Together
from ponte.db.models import Role
from ponte.domain.lifecycle import AttemptResult, Hold, Status, Trigger
from ponte.domain.problem import Stage


@dataclass(frozen=True, slots=True)
class Label:
    """A word with its icon; `tone` is the name of its colours."""

    text: str | Promise
    icon: str
    tone: str


BUCKETS: Mapping[Bucket, Label] = {
    Bucket.ERROR: Label(pgettext_lazy("status", "Erro"), "error", "err"),
    Bucket.PROCESSING: Label(_("Processando"), "spinner", "inf"),
    Bucket.QUEUED: Label(_("Na fila"), "clock", "que"),
    Bucket.WAITING: Label(_("Aguardando o marketplace"), "hourglass", "que"),
    Bucket.ALERT: Label(_("Alerta"), "alert", "wrn"),
    Bucket.SUCCESS: Label(_("Sucesso"), "ok", "suc"),
}
TABS: Mapping[Bucket | Together, str | Promise] = {
    **{bucket: label.text for bucket, label in BUCKETS.items()},
    Bucket.WAITING: _("Aguardando"),
    Together.PENDING: _("Em andamento"),
}
HOLDS: Mapping[str, Label] = {
    Hold.ENDING: Label(_("Encerrando"), "hourglass", "que"),
    Hold.ENDED: Label(_("Encerrado"), "x", "que"),
    Hold.UNLINKED: Label(_("Desvinculado"), "link", "que"),
}
THROTTLED = Label(_("Limite atingido"), "hourglass", "wrn")
"""Of a channel whose marketplace asked for fewer requests."""
REMOVED = Label(_("Removido"), "trash", "que")

STAGES: Mapping[Stage, str | Promise] = {
    Stage.VTEX: _("VTEX"),
    Stage.MAPPING: _("Mapeamento"),
    Stage.VALIDATION: _("Validação"),
    Stage.SEND: _("Envio"),
    Stage.MARKETPLACE: _("Marketplace"),
}

TRIGGERS: Mapping[str, str | Promise] = {
    Trigger.PERSON: _("Reprocessado por uma pessoa"),
    Trigger.NOTIFICATION: _("Mudança na VTEX"),
    Trigger.RETRY: _("Nova tentativa automática"),
    Trigger.FOLLOW: _("Acompanhamento"),
    Trigger.SYNC: _("Carga ou varredura"),
    Trigger.RECONCILE: _("Conferência"),
}

RESULTS: Mapping[str, Label] = {
    AttemptResult.OPEN: Label(_("Em andamento"), "spinner", "inf"),
    AttemptResult.ACCEPTED: Label(_("Aceito"), "ok", "suc"),
    AttemptResult.UNCHANGED: Label(_("Sem mudança, nada enviado"), "ok", "suc"),
    AttemptResult.REJECTED: Label(_("Recusado"), "error", "err"),
    AttemptResult.POSTPONED: Label(_("Adiado"), "clock", "que"),
    AttemptResult.PENDING: Label(_("Enviado, aguarda resposta"), "hourglass", "que"),
    AttemptResult.BLOCKED: Label(_("Canal parado"), "pause", "wrn"),
    AttemptResult.SUPERSEDED: Label(_("Trocado por um mais novo"), "layers", "que"),
    AttemptResult.INTERRUPTED: Label(_("Interrompido"), "alert", "wrn"),
}

NOT_SENT = Label(_("Não enviado"), "error", "err")
HELD_BACK = Label(_("Não enviado"), "alert", "wrn")

ROLES: Mapping[str, str | Promise] = {
    Role.VIEWER: _("Consulta"),
    Role.OPERATOR: _("Operação"),
    Role.MANAGER: _("Gestão"),
    Role.ADMIN: _("Administração"),
}

FLAWS: Mapping[Flaw, str | Promise] = {
    Flaw.UNKNOWN: _("Este valor não existe aqui."),
    Flaw.TWICE: _("Este filtro veio mais de uma vez."),
    Flaw.TOO_LONG: _("O texto é longo demais: use até 200 caracteres."),
    Flaw.NOT_A_DATE: _("Esta data não existe. Use dia, mês e ano entre 2000 e 2100."),
    Flaw.ENDS_BEFORE_START: _("A data final vem antes da inicial."),
    Flaw.BOTH: _("Escolha um período pronto ou as datas, não os dois."),
}


def bucket_of(status: str, phase: str) -> Bucket:
    """Return where a record is shown and counted."""
    return Bucket(phase if status == Status.PENDING else status)
