"""What people did, in words: one whole sentence per verb of the audit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True, slots=True)
class OnRecords:
    """The sentences of a verb that is done to one record or to many."""

    name: Text
    one: Text
    many: Text
    spread: Text


ON_RECORDS: Mapping[str, OnRecords] = {
    "reprocess": OnRecords(
        _("Reprocessar"),
        _("%(who)s reprocessou o SKU %(subject)s do canal %(channel)s"),
        _("%(who)s reprocessou %(count)s registros do canal %(channel)s"),
        _("%(who)s reprocessou %(count)s registros dos canais %(channel)s"),
    ),
    "remove": OnRecords(
        _("Remover log"),
        _("%(who)s removeu o log do SKU %(subject)s do canal %(channel)s"),
        _("%(who)s removeu %(count)s logs do canal %(channel)s"),
        _("%(who)s removeu %(count)s logs dos canais %(channel)s"),
    ),
    "restore": OnRecords(
        _("Restaurar log"),
        _("%(who)s restaurou o log do SKU %(subject)s do canal %(channel)s"),
        _("%(who)s restaurou %(count)s logs do canal %(channel)s"),
        _("%(who)s restaurou %(count)s logs dos canais %(channel)s"),
    ),
    "listing adopt": OnRecords(
        _("Adotar anúncio"),
        _("%(who)s adotou um anúncio que já existia para o SKU %(subject)s do canal %(channel)s"),
        _("%(who)s adotou anúncios que já existiam para %(count)s registros do canal %(channel)s"),
        _("%(who)s adotou anúncios que já existiam para %(count)s registros dos canais %(channel)s"),
    ),
    "listing link": OnRecords(
        _("Vincular anúncio"),
        _("%(who)s vinculou um anúncio ao SKU %(subject)s do canal %(channel)s"),
        _("%(who)s vinculou anúncios a %(count)s registros do canal %(channel)s"),
        _("%(who)s vinculou anúncios a %(count)s registros dos canais %(channel)s"),
    ),
    "listing unlink": OnRecords(
        _("Desvincular anúncio"),
        _("%(who)s desvinculou o anúncio do SKU %(subject)s do canal %(channel)s"),
        _("%(who)s desvinculou os anúncios de %(count)s registros do canal %(channel)s"),
        _("%(who)s desvinculou os anúncios de %(count)s registros dos canais %(channel)s"),
    ),
    "listing end": OnRecords(
        _("Encerrar anúncio"),
        _("%(who)s mandou encerrar o anúncio do SKU %(subject)s do canal %(channel)s"),
        _("%(who)s mandou encerrar os anúncios de %(count)s registros do canal %(channel)s"),
        _("%(who)s mandou encerrar os anúncios de %(count)s registros dos canais %(channel)s"),
    ),
    "listing keep": OnRecords(
        _("Desistir de encerrar"),
        _("%(who)s desistiu de encerrar o anúncio do SKU %(subject)s do canal %(channel)s"),
        _("%(who)s desistiu de encerrar os anúncios de %(count)s registros do canal %(channel)s"),
        _("%(who)s desistiu de encerrar os anúncios de %(count)s registros dos canais %(channel)s"),
    ),
    "note": OnRecords(
        _("Anotar em um registro"),
        _("%(who)s anotou no SKU %(subject)s do canal %(channel)s"),
        _("%(who)s anotou em %(count)s registros do canal %(channel)s"),
        _("%(who)s anotou em %(count)s registros dos canais %(channel)s"),
    ),
    "note removed": OnRecords(
        _("Apagar uma anotação"),
        _("%(who)s apagou uma anotação no SKU %(subject)s do canal %(channel)s"),
        _("%(who)s apagou anotações em %(count)s registros do canal %(channel)s"),
        _("%(who)s apagou anotações em %(count)s registros dos canais %(channel)s"),
    ),
}


@dataclass(frozen=True, slots=True)
class Plain:
    """The sentence of any other verb."""

    name: Text
    sentence: Text


OTHERS: Mapping[str, Plain] = {
    "bulk reprocess": Plain(_("Reprocessar em massa"), _("%(who)s mandou reprocessar em massa (ação %(subject)s)")),
    "bulk remove": Plain(_("Remover em massa"), _("%(who)s mandou remover logs em massa (ação %(subject)s)")),
    "bulk restore": Plain(_("Desfazer em massa"), _("%(who)s mandou restaurar logs em massa (ação %(subject)s)")),
    "bulk paused": Plain(_("Pausar ação em massa"), _("%(who)s pausou a ação em massa %(subject)s")),
    "bulk running": Plain(_("Retomar ação em massa"), _("%(who)s retomou a ação em massa %(subject)s")),
    "bulk cancelled": Plain(_("Cancelar ação em massa"), _("%(who)s cancelou a ação em massa %(subject)s")),
    "bulk done": Plain(_("Concluir ação em massa"), _("%(who)s concluiu a ação em massa %(subject)s")),
    "bulk trying": Plain(
        _("Testar ação em massa"), _("%(who)s começou a ação em massa %(subject)s por alguns registros")
    ),
    "bulk pace": Plain(_("Mudar ritmo"), _("%(who)s mudou o ritmo da ação em massa %(subject)s")),
    "channel added": Plain(_("Conectar canal"), _("%(who)s conectou o canal %(subject)s")),
    "channel edited": Plain(_("Editar canal"), _("%(who)s editou o canal %(subject)s")),
    "channel removed": Plain(_("Retirar canal"), _("%(who)s retirou o canal %(subject)s")),
    "channel access changed": Plain(
        _("Trocar acesso do canal"), _("%(who)s trocou as credenciais do canal %(subject)s")
    ),
    "channel paused": Plain(_("Pausar canal"), _("%(who)s pausou o canal %(subject)s")),
    "channel resumed": Plain(_("Retomar canal"), _("%(who)s retomou o canal %(subject)s")),
    "account connected": Plain(
        _("Autorizar conta"), _("%(who)s autorizou a conta do canal %(subject)s no marketplace")
    ),
    "listings search": Plain(
        _("Procurar anúncios"), _("%(who)s mandou procurar os anúncios que faltam no canal %(subject)s")
    ),
    "listings search stopped": Plain(
        _("Parar a procura de anúncios"), _("%(who)s parou a procura de anúncios do canal %(subject)s")
    ),
    "adoption on": Plain(
        _("Ligar adoção"), _("%(who)s ligou a adoção de anúncios que já existem no canal %(subject)s")
    ),
    "adoption off": Plain(
        _("Desligar adoção"), _("%(who)s desligou a adoção de anúncios que já existem no canal %(subject)s")
    ),
    "category check": Plain(
        _("Verificar categoria"), _("%(who)s mandou verificar os produtos de uma categoria do canal %(subject)s")
    ),
    "category refresh": Plain(
        _("Reler categoria"), _("%(who)s pediu para reler as regras de uma categoria do canal %(subject)s")
    ),
    "notification address": Plain(
        _("Trocar endereço de notificações"),
        _("%(who)s gerou um endereço de notificações para o canal %(subject)s"),
    ),
    "mapping changed": Plain(_("Mudar mapeamento"), _("%(who)s mudou o mapeamento do canal %(subject)s")),
    "store paused": Plain(_("Pausar loja"), _("%(who)s pausou a loja inteira")),
    "store resumed": Plain(_("Retomar loja"), _("%(who)s retomou a loja inteira")),
    "store added": Plain(_("Conectar loja"), _("%(who)s conectou a loja")),
    "vtex access changed": Plain(_("Trocar acesso à VTEX"), _("%(who)s trocou as credenciais da VTEX")),
    "time zone changed": Plain(_("Mudar fuso horário"), _("%(who)s mudou o fuso horário da loja para %(zone)s")),
    "webhook key rotated": Plain(_("Trocar chave do webhook"), _("%(who)s trocou a chave do webhook")),
    "cause note": Plain(_("Anotar em uma causa"), _("%(who)s anotou na causa %(subject)s")),
    "cause open": Plain(_("Reabrir causa"), _("%(who)s reabriu a causa %(subject)s")),
    "cause known": Plain(_("Reconhecer causa"), _("%(who)s marcou a causa %(subject)s como conhecida")),
    "cause ignored": Plain(_("Ignorar causa"), _("%(who)s ignorou a causa %(subject)s")),
    "cause resolved": Plain(_("Resolver causa"), _("%(who)s deu a causa %(subject)s por resolvida")),
    "code rule added": Plain(_("Escrever regra"), _("%(who)s escreveu uma regra para um código (%(subject)s)")),
    "code rule changed": Plain(_("Mudar regra"), _("%(who)s mudou a regra de um código (%(subject)s)")),
    "code rule on": Plain(_("Ligar regra"), _("%(who)s ligou a regra de um código (%(subject)s)")),
    "code rule off": Plain(_("Desligar regra"), _("%(who)s desligou a regra de um código (%(subject)s)")),
    "view saved": Plain(_("Salvar visão"), _("%(who)s salvou a visão %(subject)s da lista")),
    "view changed": Plain(_("Mudar visão"), _("%(who)s mudou a visão %(subject)s da lista")),
    "view deleted": Plain(_("Excluir visão"), _("%(who)s excluiu a visão %(subject)s da lista")),
    "export": Plain(_("Exportar"), _("%(who)s exportou uma lista")),
    "refused": Plain(_("Tentar sem permissão"), _("%(who)s tentou o que o papel não permite: %(method)s %(path)s")),
    "foreign ids": Plain(_("Tentar fora da loja"), _("%(who)s pediu registros que não são desta loja")),
    "signed in": Plain(_("Entrar"), _("%(who)s entrou")),
    "invited": Plain(_("Convidar"), _("%(who)s convidou alguém com o papel %(role)s")),
    "invitation revoked": Plain(_("Cancelar convite"), _("%(who)s cancelou um convite")),
    "joined": Plain(_("Aceitar convite"), _("%(who)s aceitou o convite, com o papel %(role)s")),
    "role changed": Plain(_("Mudar papel"), _("%(who)s mudou o papel de %(subject)s de %(before)s para %(role)s")),
    "taken out": Plain(_("Tirar da loja"), _("%(who)s tirou %(subject)s da loja")),
    "disabled": Plain(_("Desativar pessoa"), _("%(who)s desativou o acesso de %(subject)s")),
    "enabled": Plain(_("Reativar pessoa"), _("%(who)s reativou o acesso de %(subject)s")),
    "erased": Plain(_("Apagar dados de pessoa"), _("%(who)s apagou os dados pessoais de %(subject)s")),
    "address changed": Plain(_("Trocar e-mail"), _("%(subject)s trocou o próprio endereço de e-mail")),
    "password changed": Plain(_("Trocar senha"), _("%(subject)s trocou a senha")),
    "password link made": Plain(_("Criar link de senha"), _("%(who)s criou um link de senha nova para %(subject)s")),
    "second factor added": Plain(_("Ligar segundo fator"), _("%(subject)s ligou um segundo fator")),
    "second factor removed": Plain(_("Desligar segundo fator"), _("%(subject)s desligou um segundo fator")),
    "second factor reset": Plain(_("Apagar segundo fator"), _("%(who)s apagou o segundo fator de %(subject)s")),
    "recovery codes made": Plain(
        _("Gerar códigos de recuperação"), _("%(subject)s gerou novos códigos de recuperação")
    ),
    "sessions ended": Plain(_("Encerrar sessões"), _("%(subject)s encerrou sessões (%(count)s)")),
    "company connected": Plain(_("Ligar conta da empresa"), _("%(subject)s ligou a conta da empresa")),
    "company disconnected": Plain(_("Desligar conta da empresa"), _("%(subject)s desligou a conta da empresa")),
}


def verb_names() -> dict[str, Text]:
    """Return the verbs with their names, to choose from."""
    on_records = {verb: words.name for verb, words in ON_RECORDS.items()}
    return {**on_records, **{verb: words.name for verb, words in OTHERS.items()}}
