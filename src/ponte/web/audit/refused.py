"""What somebody tried without the right to, in words: by the page or route it belongs to."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ponte.db.audit_trail import Entry
from ponte.web.audit.words import Text

API = "/api/v1/"
PLACES: Mapping[str, Text] = {
    "produtos": _("agir sobre produtos"),
    "integrations": _("agir sobre produtos"),
    "fila": _("mexer na fila"),
    "actions": _("agir sobre muitos produtos"),
    "causas": _("decidir sobre causas"),
    "causes": _("decidir sobre causas"),
    "codigos": _("mexer nas regras de códigos"),
    "codes": _("mexer nas regras de códigos"),
    "canais": _("mexer nos canais"),
    "channels": _("mexer nos canais"),
    "pessoas": _("cuidar das pessoas e seus papéis"),
    "auditoria": _("ler a auditoria"),
}


def refused_sentence(entry: Entry, words: Mapping[str, object]) -> str:
    """Return "Vera tentou mexer nos canais, e o papel Consulta não permite (3 vezes): POST /canais/mlb"."""
    path = str(entry.detail.get("path", ""))
    place = path.removeprefix(API).strip("/").partition("/")[0]
    told = {**words, "what": str(PLACES.get(place, _("fazer algo"))), "times": entry.times}
    told.setdefault("role", "?")
    if "scope" in entry.detail:
        sentence = ngettext(
            "%(who)s tentou %(what)s, e o token com o escopo %(scope)s não permite: %(method)s %(path)s",
            "%(who)s tentou %(what)s %(times)s vezes em uma hora, e o token com o escopo %(scope)s não permite:"
            " %(method)s %(path)s",
            entry.times,
        )
        return sentence % {"method": "?", "path": "?", **told}
    sentence = ngettext(
        "%(who)s tentou %(what)s, e o papel %(role)s não permite: %(method)s %(path)s",
        "%(who)s tentou %(what)s %(times)s vezes em uma hora, e o papel %(role)s não permite: %(method)s %(path)s",
        entry.times,
    )
    return sentence % {"method": "?", "path": "?", **told}
