"""The words of every refusal, in three languages. docs/api.md lists the names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RefusalText:
    """HTTP status, and (title, detail) by language."""

    status: int
    words: Mapping[str, tuple[str, str]]


def _text(status: int, pt: tuple[str, str], en: tuple[str, str], es: tuple[str, str]) -> RefusalText:
    return RefusalText(status, {"pt-BR": pt, "en": en, "es": es})


TEXTS: Mapping[str, RefusalText] = {
    "unauthorized": _text(
        401,
        ("Token ausente ou inválido", "Envie um token válido no cabeçalho Authorization: Bearer."),
        ("Missing or invalid token", "Send a valid token in the header Authorization: Bearer."),
        ("Token ausente o inválido", "Envíe un token válido en el encabezado Authorization: Bearer."),
    ),
    "forbidden": _text(
        403,
        ("Sem permissão", "O papel {role} nesta loja só permite consultar."),
        ("Not allowed", "The role {role} in this store may only read."),
        ("Sin permiso", "El rol {role} en esta tienda solo permite consultar."),
    ),
    "scope-too-narrow": _text(
        403,
        ("Sem permissão", "O escopo {scope} deste token não permite isto."),
        ("Not allowed", "The scope {scope} of this token does not allow this."),
        ("Sin permiso", "El alcance {scope} de este token no permite esto."),
    ),
    "too-fast": _text(
        429,
        ("Pedidos demais", "Este token pode fazer {most} pedidos por minuto; repita no tempo de Retry-After."),
        ("Too many requests", "This token may make {most} requests a minute; repeat after Retry-After."),
        ("Demasiadas solicitudes", "Este token puede hacer {most} solicitudes por minuto; repita tras Retry-After."),
    ),
    "role-too-low": _text(
        403,
        ("Sem permissão", "O papel {role} nesta loja não permite esta mudança."),
        ("Not allowed", "The role {role} in this store does not allow this change."),
        ("Sin permiso", "El rol {role} en esta tienda no permite este cambio."),
    ),
    "not-found": _text(
        404,
        ("Não encontrado", "Não existe nada com este endereço na sua loja."),
        ("Not found", "There is nothing at this address in your store."),
        ("No encontrado", "No existe nada con esta dirección en su tienda."),
    ),
    "method-not-allowed": _text(
        405,
        ("Método não permitido", "Este endereço não aceita {method}."),
        ("Method not allowed", "This address does not take {method}."),
        ("Método no permitido", "Esta dirección no acepta {method}."),
    ),
    "nothing-to-reprocess": _text(
        409,
        ("Nada a reprocessar", "Este registro é um sucesso: a única ação é Remover Log."),
        ("Nothing to reprocess", "This record is a success: its only action is to remove the log."),
        ("Nada que reprocesar", "Este registro es un éxito: la única acción es quitar el registro."),
    ),
    "listing-busy": _text(
        409,
        ("Envio em andamento", "Um envio deste SKU está em andamento; tente de novo quando terminar."),
        ("A send is under way", "A send of this SKU is under way; try again when it has ended."),
        ("Envío en curso", "Hay un envío de este SKU en curso; intente de nuevo cuando termine."),
    ),
    "listing-missing": _text(
        409,
        ("Sem anúncio", "Este registro não tem anúncio."),
        ("No listing", "This record has no listing."),
        ("Sin publicación", "Este registro no tiene publicación."),
    ),
    "listing-linked": _text(
        409,
        ("Já tem anúncio", "Este registro já tem outro anúncio; desvincule-o antes."),
        ("Linked already", "This record has another listing already; unlink it first."),
        ("Ya tiene publicación", "Este registro ya tiene otra publicación; desvincúlela antes."),
    ),
    "listing-taken": _text(
        409,
        ("Anúncio de outro SKU", "Este anúncio é do SKU {sku}."),
        ("Listing of another SKU", "This listing belongs to SKU {sku}."),
        ("Publicación de otro SKU", "Esta publicación es del SKU {sku}."),
    ),
    "listing-not-one": _text(
        409,
        ("Não há um só anúncio", "O marketplace tem {count} anúncios que servem; diga qual."),
        ("Not exactly one listing", "The marketplace has {count} listings that fit; say which."),
        ("No hay una sola publicación", "El marketplace tiene {count} publicaciones que sirven; diga cuál."),
    ),
    "listing-unable": _text(
        409,
        ("O conector não faz isso", "O conector deste canal não encerra anúncios."),
        ("The connector cannot", "The connector of this channel does not end listings."),
        ("El conector no lo hace", "El conector de este canal no finaliza publicaciones."),
    ),
    "listing-not-ending": _text(
        409,
        ("Não está encerrando", "O anúncio não está sendo encerrado."),
        ("Not ending", "The listing is not being ended."),
        ("No se está finalizando", "La publicación no se está finalizando."),
    ),
    "marketplace-silent": _text(
        409,
        ("Sem resposta do marketplace", "O marketplace não respondeu ou não pode ser perguntado; nada mudou."),
        ("No answer from the marketplace", "The marketplace did not answer or cannot be asked; nothing changed."),
        ("Sin respuesta del marketplace", "El marketplace no respondió o no se le puede preguntar; nada cambió."),
    ),
    "removed": _text(
        409,
        ("Registro removido", "Este registro foi removido; restaure-o antes de reprocessar."),
        ("Record removed", "This record was removed; restore it before reprocessing."),
        ("Registro quitado", "Este registro fue quitado; restáurelo antes de reprocesar."),
    ),
    "too-many": _text(
        403,
        (
            "Registros demais",
            "Seu papel age em até {ceiling} registros por vez; filtre mais ou peça a um administrador.",
        ),
        ("Too many records", "Your role acts on up to {ceiling} records at once; narrow the filter or ask an admin."),
        (
            "Demasiados registros",
            "Su rol actúa sobre hasta {ceiling} registros a la vez; filtre más o pida a un admin.",
        ),
    ),
    "nothing-to-undo": _text(
        409,
        ("Nada a desfazer", "Só uma remoção pode ser desfeita; um reenvio já pedido não volta atrás."),
        ("Nothing to undo", "Only a removal can be undone; a reprocess that was asked for does not come back."),
        ("Nada que deshacer", "Solo se puede deshacer una eliminación; un reproceso ya pedido no vuelve atrás."),
    ),
    "still-running": _text(
        409,
        ("Ainda em andamento", "O primeiro pedido com esta Idempotency-Key ainda não terminou; repita em instantes."),
        ("Still running", "The first request with this Idempotency-Key has not ended; repeat in a moment."),
        ("Aún en curso", "El primer pedido con esta Idempotency-Key aún no terminó; repita en unos instantes."),
    ),
    "key-reused": _text(
        422,
        ("Idempotency-Key já usada", "Esta Idempotency-Key foi usada com outro pedido; use uma nova."),
        ("Idempotency-Key already used", "This Idempotency-Key was used with another request; use a new one."),
        ("Idempotency-Key ya usada", "Esta Idempotency-Key se usó con otro pedido; use una nueva."),
    ),
    "bad-key": _text(
        400,
        ("Idempotency-Key inválida", "Use de 1 a 255 caracteres ASCII visíveis."),
        ("Invalid Idempotency-Key", "Use 1 to 255 visible ASCII characters."),
        ("Idempotency-Key inválida", "Use de 1 a 255 caracteres ASCII visibles."),
    ),
    "invalid": _text(
        422,
        ("Pedido inválido", "Há campos desconhecidos ou com valores que não podem ser aceitos; veja errors."),
        ("Invalid request", "Some fields are unknown or have values that cannot be taken; see errors."),
        ("Pedido inválido", "Hay campos desconocidos o con valores que no se aceptan; vea errors."),
    ),
    "bad-query": _text(
        400,
        ("Consulta inválida", "Há parâmetros desconhecidos ou com valores que não podem ser aceitos; veja errors."),
        ("Invalid query", "Some parameters are unknown or have values that cannot be taken; see errors."),
        ("Consulta inválida", "Hay parámetros desconocidos o con valores que no se aceptan; vea errors."),
    ),
    "bad-json": _text(
        400,
        ("JSON ilegível", "O corpo não é JSON em UTF-8."),
        ("Unreadable JSON", "The body is not JSON in UTF-8."),
        ("JSON ilegible", "El cuerpo no es JSON en UTF-8."),
    ),
    "too-large": _text(
        413,
        ("Pedido grande demais", "O corpo passa de 1 MB."),
        ("Request too large", "The body is over 1 MB."),
        ("Pedido demasiado grande", "El cuerpo pasa de 1 MB."),
    ),
    "bad-request": _text(
        400,
        ("Pedido recusado", "O pedido não pôde ser lido."),
        ("Request refused", "The request could not be read."),
        ("Pedido rechazado", "El pedido no pudo ser leído."),
    ),
    "unavailable": _text(
        503,
        ("Banco de dados indisponível", "Nada foi feito; repita em alguns segundos."),
        ("Database unavailable", "Nothing was done; repeat in a few seconds."),
        ("Base de datos no disponible", "No se hizo nada; repita en unos segundos."),
    ),
    "too-heavy": _text(
        503,
        (
            "Pedido pesado demais",
            "O banco de dados levou mais de 5 segundos, e nada foi feito. Peça menos: um canal, menos dias, um SKU.",
        ),
        (
            "Request too heavy",
            "The database took more than 5 seconds; nothing was done. Ask for less: a channel, fewer days, a SKU.",
        ),
        (
            "Pedido demasiado pesado",
            "La base de datos tardó más de 5 segundos, y no se hizo nada. Pida menos: un canal, menos días, un SKU.",
        ),
    ),
    "internal": _text(
        500,
        ("Erro interno", "O Ponte falhou; o registro do servidor tem os detalhes."),
        ("Internal error", "Ponte failed; the server's log has the details."),
        ("Error interno", "Ponte falló; el registro del servidor tiene los detalles."),
    ),
}
