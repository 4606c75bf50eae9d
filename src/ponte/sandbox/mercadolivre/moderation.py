"""Moderations: what Mercado Livre may do to a listing after it was accepted, and its words for it.

Names, statuses and shapes after Mercado Livre developers' page "Gestionar moderaciones", read 2026-06; names that the
page doesn't show, and all texts, are this project's own.
"""

from dataclasses import dataclass
from typing import Any

WARNING_SECONDS = 2 * 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Moderation:
    """One kind of moderation.

    Attributes:
        tag: put on the listing, "" for none.
        warned_seconds: how long the listing stays as it was before `status` comes.
        lifted_by: fields whose change ends it; empty when only the vendor can.
    """

    name: str
    status: str
    sub_status: str = ""
    tag: str = ""
    section: str
    reason: str
    remedy: str
    warned_seconds: float = 0.0
    lifted_by: frozenset[str] = frozenset()


_ALL = (
    Moderation(
        name="POOR_QUALITY_THUMBNAIL",
        status="paused",
        tag="moderation_penalty",
        section="pictures",
        reason="Pausamos o anúncio porque a foto de capa não segue as regras de fotos.",
        remedy="Troque a foto de capa por uma com fundo branco, sem textos nem logotipos.",
        lifted_by=frozenset({"pictures"}),
    ),
    Moderation(
        name="PAUSED_PREVENTION_PRICE",
        status="paused",
        tag="moderation_penalty",
        section="price",
        reason="Pausamos o anúncio porque o preço parece ter um erro.",
        remedy="Confira o preço e publique o valor correto para voltar a vender.",
        lifted_by=frozenset({"price"}),
    ),
    Moderation(
        name="ABANDONED_ITEM_PERFORMANCE_WARNING",
        status="under_review",
        sub_status="waiting_for_patch",
        section="attributes",
        reason="O anúncio está há muito tempo sem vendas e com a ficha técnica incompleta.",
        remedy="Complete a ficha técnica e melhore as fotos antes do prazo.",
        warned_seconds=WARNING_SECONDS,
        lifted_by=frozenset({"attributes", "pictures", "title"}),
    ),
    Moderation(
        name="HELD_FOR_REVIEW",
        status="under_review",
        sub_status="held",
        section="title",
        reason="Estamos revisando o anúncio.",
        remedy="Não é preciso fazer nada: avisaremos quando a revisão terminar.",
    ),
    Moderation(
        name="PENDING_DOCUMENTATION",
        status="under_review",
        sub_status="pending_documentation",
        section="attributes",
        reason="Este produto precisa de documentação para ser vendido.",
        remedy="Envie o certificado do produto na página de documentos da sua conta.",
    ),
    Moderation(
        name="FORBIDDEN_PRODUCT",
        status="under_review",
        sub_status="forbidden",
        section="title",
        reason="Este produto não pode ser vendido no Mercado Livre.",
        remedy="Encerre o anúncio. Publicá-lo outra vez pode suspender a sua conta.",
    ),
    Moderation(
        name="BRAND_PROTECTION",
        status="inactive",
        section="brand",
        reason="O titular da marca denunciou o anúncio.",
        remedy="Envie a nota fiscal de compra para contestar a denúncia.",
    ),
)
MODERATIONS = {moderation.name: moderation for moderation in _ALL}


def infraction(moderation: Moderation, *, number: int, when: str, evidence: str) -> dict[str, Any]:
    """One element of the answer of last_moderation and of infractions."""
    return {
        "name": moderation.name,
        "id": str(number),
        "date_created": when,
        "evidences": [{"text_matched": evidence, "section_name": moderation.section}],
        "wordings": [
            {"type": "REASON", "value": moderation.reason},
            {"type": "REMEDY", "value": moderation.remedy},
        ],
    }
