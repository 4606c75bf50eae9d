"""What is said when a person does something about a listing: before, and when it cannot be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ponte.db.models import Integration
from ponte.flows.listings.deeds import Refusal
from ponte.flows.listings.looks import Found, Looked, Seen, Trouble
from ponte.flows.pipeline.context import Unready
from ponte.flows.preview import Late
from ponte.web.explained import told
from ponte.web.listings.card import page_of

Text = str | Promise

REFUSALS: Mapping[Refusal, Text] = {
    Refusal.NOWHERE: gettext_lazy("Este registro não existe mais."),
    Refusal.BUSY: gettext_lazy("Um envio deste SKU está em andamento: espere o resultado e tente de novo."),
    Refusal.NO_LISTING: gettext_lazy("Este registro não tem anúncio."),
    Refusal.LINKED: gettext_lazy("Este registro já tem outro anúncio: desvincule-o primeiro."),
    Refusal.TAKEN: gettext_lazy("Este anúncio é de outro registro."),
    Refusal.NO_ABILITY: gettext_lazy(
        "O conector deste canal não encerra anúncios: encerre no portal do marketplace."
    ),
    Refusal.NOT_ENDING: gettext_lazy("O anúncio não está sendo encerrado."),
    Refusal.REMOVED: gettext_lazy("Este log foi removido: restaure-o primeiro."),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A listing that was found, with what hinders linking it, "" when nothing does."""

    id: str
    state: str
    page: str
    hindrance: str
    caution: str


@dataclass(frozen=True, slots=True)
class Question:
    """A page that asks before something is done: what will happen, in sentences, and the button's words."""

    title: Text
    consequences: tuple[tuple[str, Text], ...]
    verb: Text
    action: str
    icon: str
    critical: bool = False


def ask_unlink(found: Integration) -> Question:
    names = {"listing": found.listing_id, "channel": found.channel.name}
    return Question(
        _("Desvincular o anúncio %(listing)s?") % names,
        (
            ("box", _("O anúncio continua no marketplace como está, à venda se estiver.")),
            ("x", _("O Ponte esquece dele: preço, estoque e conteúdo deixam de ser atualizados.")),
            ("pause", _("Este SKU não é mais enviado para %(channel)s até alguém vincular ou reprocessar.") % names),
            ("send", _("Reprocessar depois cria um anúncio novo: o mesmo SKU ficaria com dois.")),
        ),
        _("Desvincular"),
        f"/produtos/{found.pk}/anuncio/desvincular",
        "link",
    )


def ask_end(found: Integration) -> Question:
    names = {"listing": found.listing_id, "channel": found.channel.name}
    return Question(
        _("Encerrar o anúncio %(listing)s?") % names,
        (
            ("x", _("O Ponte encerra o anúncio em %(channel)s para sempre: ele não volta a ser vendido.") % names),
            ("clock", _("Entra na fila na frente dos outros; a tela mostra Encerrando e depois Encerrado.")),
            ("pause", _("Mudanças na VTEX não o trazem de volta.")),
            (
                "undo",
                _("Para vender de novo, Reprocessar cria um anúncio novo, sem as vendas e perguntas deste."),
            ),
            ("info", _("Só quer tirar de venda por um tempo? Inative o SKU na VTEX: o Ponte pausa o anúncio.")),
        ),
        _("Encerrar anúncio"),
        f"/produtos/{found.pk}/anuncio/encerrar",
        "x",
        critical=True,
    )


def choice_of(one: Found, found: Integration) -> Choice:
    """Say whether a listing may become the record's."""
    hindrance, caution = "", ""
    if one.owner is not None and one.owner.integration_id != found.pk:
        hindrance = _("É do registro do SKU %(sku)s neste canal.") % {"sku": one.owner.sku}
    elif one.owner is not None:
        hindrance = _("Já é o anúncio deste registro.")
    elif one.sku and one.sku != found.sku:
        hindrance = _("No marketplace ele é do SKU %(sku)s, não deste.") % {"sku": one.sku}
    elif not one.sku:
        caution = _("O marketplace não diz de qual SKU é este anúncio: confira na página dele antes de vincular.")
    return Choice(one.listing.id, one.listing.state, page_of(one.listing.url), hindrance, caution)


def trouble_of(looked: Looked, found: Integration) -> str:
    """Say why nothing could be looked up, "" when it could."""
    match looked:
        case Seen():
            return ""
        case Late(seconds):
            text = _("O marketplace não respondeu em %(seconds)d segundos. Nada mudou; tente de novo daqui a pouco.")
            return text % {"seconds": seconds}
        case Unready():
            return _("O canal não está pronto: veja a página dele.")
        case Trouble(problem):
            if problem is None:
                return _("O conector deste canal não procura anúncios por SKU.")
            explained = told(problem, found)
            return f"{explained.title}. {explained.meaning}"
