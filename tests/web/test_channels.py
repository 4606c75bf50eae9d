"""`/canais`: who sees and does what, what is shown, and what never is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from cast import PASSWORD, person, proved
from factories import make_channel, make_integration
from ponte.db.models import Audit, Channel, Lane, Membership, Role, Tally, User, Work
from ponte.flows.ingest import Hint, take

SECRET = "canary-9d2f-secret"
PAGES = ["/canais", "/canais/mlb", "/canais/mlb/mapeamento", "/canais/mlb/mapeamento/arquivo", "/canais/vtex"]
OF_ADMIN = ["/canais/novo", "/canais/mlb/remover"]
POSTS = {
    "/canais/mlb": Role.MANAGER,
    "/canais/mlb/pausar": Role.MANAGER,
    "/canais/mlb/retomar": Role.MANAGER,
    "/canais/mlb/mapeamento": Role.MANAGER,
    "/canais/mlb/mapeamento/versoes/1/restaurar": Role.MANAGER,
    "/canais/mlb/conta": Role.ADMIN,
    "/canais/mlb/conectar": Role.ADMIN,
    "/canais/mlb/remover": Role.ADMIN,
    "/canais/novo": Role.ADMIN,
    "/canais/vtex": Role.ADMIN,
    "/canais/vtex/webhook": Role.ADMIN,
}
BELOW = {Role.MANAGER: ["bruno", "vera"], Role.ADMIN: ["bruno", "vera", "gil"]}


@pytest.fixture
def gil(cast):
    return person("gil", cast.store, Role.MANAGER)


@pytest.fixture
def keyed(cast):
    """The channel with a secret and an address."""
    channel = cast.channel
    channel.settings = {"client_id": "app-1"}
    channel.keep_secrets({"client_secret": SECRET, "refresh_token": SECRET + "-r"})
    channel.secrets_at = {"client_secret": timezone.now().isoformat()}
    channel.mapping_text = "version: 1\ndefault_category: MLB1055\n"
    channel.mapping_version = 1
    channel.save()
    return channel


def description(**changes: str) -> dict[str, str]:
    given = {"name": "Mercado Livre", "affiliate_id": "MLB", "trade_policy": "1"}
    return {**given, "requests_per_second": "", "concurrency": "", **changes}


# -- who


@pytest.mark.parametrize("path", PAGES + OF_ADMIN)
def test_nobody_sees_channels_without_signing_in(client, db, path):
    assert client.get(path)["Location"].startswith("/entrar?next=")


@pytest.mark.parametrize("who", ["ana", "bruno", "vera"])
@pytest.mark.parametrize("path", PAGES)
def test_the_people_of_a_store_see_its_channels(cast, as_, path, who):
    assert as_(getattr(cast, who)).get(path).status_code == 200


@pytest.mark.parametrize("path", [path for path in PAGES if "mlb" in path])
def test_a_channel_of_another_store_does_not_exist(cast, as_, path):
    Channel.objects.filter(pk=cast.other_channel.pk).update(code="amz")
    assert as_(cast.carla).get(path).status_code == 404


@pytest.mark.parametrize("path", PAGES[1:4])
def test_a_channel_out_of_a_persons_sight_does_not_exist(cast, as_, path):
    other = make_channel(cast.store, "amz", "Amazon")
    Membership.objects.filter(user=cast.bruno).update(channel_ids=[other.pk])
    client = as_(cast.bruno)
    assert client.get(path).status_code == 404
    assert client.post("/canais/mlb/testar").status_code == 404
    assert "código mlb" not in client.get("/canais").text


@pytest.mark.parametrize("path", OF_ADMIN)
@pytest.mark.parametrize("who", BELOW[Role.ADMIN])
def test_the_pages_of_an_administrator_do_not_exist_for_others(cast, as_, gil, path, who):
    assert as_({"gil": gil}.get(who) or getattr(cast, who)).get(path).status_code == 404


@pytest.mark.parametrize(("path", "who"), [(path, who) for path, least in POSTS.items() for who in BELOW[least]])
@pytest.mark.usefixtures("gil")
def test_what_a_role_may_not_do_does_not_exist_for_it(as_, keyed, path, who):
    answer = as_(User.objects.get(username=who)).post(path, description(password=PASSWORD))
    assert answer.status_code == 404
    keyed.refresh_from_db()
    assert (keyed.archived_at, keyed.secrets()["client_secret"]) == (None, SECRET)
    assert Lane.objects.filter(channel=keyed, state="open").exists()
    assert not Audit.objects.filter(target="channel:mlb").exists()


def test_a_viewer_is_offered_nothing_to_change(cast, as_, keyed):
    text = as_(cast.vera).get("/canais/mlb").text + as_(cast.vera).get("/canais").text
    assert "/pausar" not in text
    assert "/testar" not in text
    assert "Sua senha" not in text


# -- secrets


@pytest.mark.parametrize("path", [*PAGES, "/canais/mlb/remover"])
def test_t14_a_secret_is_on_no_page(cast, as_, keyed, path):
    cast.store.keep_secrets(app_key=SECRET + "-k", app_token=SECRET + "-t")
    cast.store.save()
    assert SECRET not in as_(cast.ana).get(path).text


def test_t14_a_secret_that_was_typed_is_not_given_back_with_a_wrong_form(cast, as_, keyed):
    form = {"s_client_id": "", "s_client_secret": "typed-just-now", "base_url": "", "password": PASSWORD}
    answer = as_(cast.ana).post("/canais/mlb/conta", form)
    assert answer.status_code == 422
    assert "typed-just-now" not in answer.text
    assert "1 campo precisa de correção" in answer.text


def test_a_secret_says_when_it_was_set(cast, as_, keyed):
    text = as_(cast.ana).get("/canais/mlb").text
    assert "Definido em" in text
    assert 'type="password"' in text


def test_new_credentials_ask_for_the_password_when_the_last_proof_is_old(cast, as_, keyed):
    form = {"s_client_id": "app-2", "s_client_secret": "new-secret", "base_url": ""}
    client = as_(cast.ana)
    proved(client, seconds_ago=16 * 60)
    assert "Sua senha" in client.get("/canais/mlb").text
    flaws = {"": "Faz mais de 15 minutos", "errada": "A senha não confere", "x" * 129: "A senha não confere"}
    for wrong, flaw in flaws.items():
        answer = client.post("/canais/mlb/conta", {**form, "password": wrong})
        assert answer.status_code == 422
        assert flaw in answer.text
        assert "Sua senha" in answer.text
    keyed.refresh_from_db()
    assert keyed.secrets()["client_secret"] == SECRET
    assert client.post("/canais/mlb/conta", {**form, "password": PASSWORD}).status_code == 302
    keyed.refresh_from_db()
    assert keyed.secrets() == {"client_secret": "new-secret", "refresh_token": SECRET + "-r"}
    assert Audit.objects.get(verb="channel access changed").actor == cast.ana


def test_a_proof_is_good_for_every_form_for_a_quarter_of_an_hour(cast, as_, keyed):
    form = {"s_client_id": "app-2", "s_client_secret": "new-secret", "base_url": ""}
    client = as_(cast.ana)
    assert "Sua senha" not in client.get("/canais/mlb").text
    assert client.post("/canais/mlb/conta", {**form, "password": "errada"}).status_code == 422
    proved(client, seconds_ago=16 * 60)
    assert client.get("/pessoas/convite").headers.get("Location", "").startswith("/conta/confirmar")
    assert client.post("/canais/mlb/conta", {**form, "password": PASSWORD}).status_code == 302
    assert client.post("/canais/mlb/conta", form).status_code == 302
    assert client.get("/pessoas/convite").status_code == 200


def test_who_signs_in_with_the_company_must_have_done_so_lately(cast, as_, keyed):
    cast.ana.set_unusable_password()
    cast.ana.save()
    form = {"s_client_id": "app-2", "s_client_secret": "new-secret", "base_url": ""}
    client = as_(cast.ana)
    proved(client, seconds_ago=3600)
    answer = client.post("/canais/mlb/conta", form)
    assert answer.status_code == 422
    assert "/conta/confirmar?next=/canais/mlb" in answer.text
    keyed.refresh_from_db()
    assert keyed.secrets()["client_secret"] == SECRET
    proved(client)
    assert client.post("/canais/mlb/conta", form).status_code == 302
    keyed.refresh_from_db()
    assert keyed.secrets()["client_secret"] == "new-secret"


def test_f33_an_inward_address_is_told_at_its_field(cast, as_, keyed):
    form = {"s_client_id": "app-1", "base_url": "http://169.254.169.254/", "password": PASSWORD}
    answer = as_(cast.ana).post("/canais/mlb/conta", form)
    assert answer.status_code == 422
    assert "precisa começar com https" in answer.text
    assert Channel.objects.get(pk=keyed.pk).base_url == ""


# -- the list


def test_the_list_tells_state_queue_and_results(cast, as_):
    make_integration(cast.channel, "1", "error")
    make_integration(cast.channel, "2", "success", ago=timedelta(minutes=3))
    make_integration(cast.channel, "3", "queued")
    hour = int(timezone.now().timestamp()) // 3600
    for measure, count in (("success", 3), ("error", 1)):
        Tally.objects.create(channel=cast.channel, kind="product", hour=hour, measure=measure, count=count)
    text = as_(cast.vera).get("/canais").text
    assert "Operando" in text
    assert "75%" in text
    assert "há 3 min" in text
    assert "/produtos?channel=mlb&amp;status=error" in text


def test_channels_are_listed_by_name_whatever_their_capitals(cast, as_):
    make_channel(cast.store, "mlp", "ML Premium")
    make_channel(cast.store, "mgl", "Magalu")
    page = as_(cast.ana).get("/canais").text
    assert page.index("Magalu") < page.index("Mercado Livre") < page.index("ML Premium")


def test_the_number_of_queries_does_not_grow_with_channels(cast, as_, django_assert_max_num_queries):
    client = as_(cast.ana)
    for number in range(12):
        channel = make_channel(cast.store, f"c{number}", f"Canal {number}", state="paused", reason={"actor_id": 1})
        make_integration(channel, "1", "success")
    with django_assert_max_num_queries(20):
        assert client.get("/canais").status_code == 200


@pytest.mark.parametrize(
    ("lane", "words"),
    [
        ({"state": "paused", "reason": {"note": "Balanço <b>", "actor_id": None}}, ["Em pausa", "Balanço &lt;b&gt;"]),
        (
            {"state": "disconnected", "reason": {"class": "AUTH_INVALID", "stage": "send"}},
            ["Desconectado", "esperam"],
        ),
        ({"breaker_until_ms": 9_999_999_999_999}, ["Sem resposta", "tenta de novo"]),
        (
            {"breaker_until_ms": 9_999_999_999_999, "reason": {"class": "THROTTLED"}},
            ["Limite atingido", "volta a enviar"],
        ),
        ({}, ["Operando"]),
    ],
)
def test_the_state_of_a_channel_is_told_in_words(cast, as_, lane, words):
    Lane.objects.filter(channel=cast.channel).update(**lane)
    for path in ("/canais", "/canais/mlb"):
        text = as_(cast.vera).get(path).text
        assert all(word in text for word in words)


def test_a_channel_whose_connector_is_gone_says_so_and_its_page_stands(cast, as_):
    Channel.objects.filter(pk=cast.channel.pk).update(connector="nobody")
    for path in ("/canais", "/canais/mlb", "/canais/mlb/mapeamento"):
        answer = as_(cast.ana).get(path)
        assert answer.status_code == 200
    assert "Conector indisponível" in as_(cast.ana).get("/canais").text


# -- editing


def test_f49_numbers_are_read_in_the_persons_language_and_echoed(cast, as_, gil):
    form = description(requests_per_second="0,5", concurrency="12")
    answer = as_(gil).post("/canais/mlb", form, follow=True)
    channel = Channel.objects.get(pk=cast.channel.pk)
    assert (channel.requests_per_second, channel.concurrency) == (0.5, 12)
    assert "Até 0,5 requisições por segundo" in answer.text
    assert 'value="0,5"' in answer.text


@pytest.mark.parametrize("text", ["1.5", "muito", "-3", "1.000,00,1"])
def test_f49_an_unclear_number_is_refused_with_what_was_typed(cast, as_, gil, text):
    answer = as_(gil).post("/canais/mlb", description(requests_per_second=text))
    assert answer.status_code == 422
    assert f'value="{text}"' in answer.text
    assert Channel.objects.get(pk=cast.channel.pk).requests_per_second is None


@pytest.mark.parametrize("wrong", [{"requests_per_second": "2.000"}, {"trade_policy": "x"}, {"name": ""}])
def test_a_wrong_field_is_named_above_the_form(cast, as_, gil, wrong):
    answer = as_(gil).post("/canais/mlb", description(**wrong))
    assert answer.status_code == 422
    assert "1 campo precisa de correção" in answer.text
    assert f'href="#f-{next(iter(wrong))}"' in answer.text


def test_a_pause_with_its_reason_is_shown_with_who_and_ended_again(cast, as_, gil):
    client = as_(gil)
    answer = client.post("/canais/mlb/pausar", {"reason": "Inventário"}, follow=True)
    assert "Pausado por gil" in answer.text
    assert "“Inventário”" in answer.text
    assert Audit.objects.get(verb="channel paused").detail == {"reason": "Inventário"}
    assert "Operando" in client.post("/canais/mlb/retomar", follow=True).text


# -- connecting


def connection(**changes: str) -> dict[str, str]:
    given = {"connector": "mercadolivre", "code": "novo-ml", "s_client_id": "1", "s_client_secret": "a-secret-1"}
    return description(**{**given, "base_url": "", "password": PASSWORD, **changes})


def test_a_channel_is_connected_from_the_form(cast, as_):
    client = as_(cast.ana)
    assert "conector=mercadolivre" in client.get("/canais/novo").text
    answer = client.post("/canais/novo", connection(), follow=True)
    made = Channel.objects.get(code="novo-ml")
    assert answer.redirect_chain[-1][0] == "/canais/novo-ml"
    assert "Agora conecte a conta" in answer.text
    assert (made.secrets(), made.settings) == ({"client_secret": "a-secret-1"}, {"client_id": "1"})
    assert Lane.objects.get(channel=made).state == "open"
    assert Audit.objects.get(verb="channel added").actor == cast.ana
    assert "a-secret-1" not in str(Audit.objects.get(verb="channel added").detail)


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": "mlb"},
        {"code": "novo"},
        {"s_client_secret": ""},
        {"s_client_id": ""},
        {"base_url": "https://localhost"},
        {"password": "errada"},
        {"trade_policy": ""},
    ],
)
def test_a_channel_that_cannot_be_used_is_not_connected(cast, as_, wrong):
    answer = as_(cast.ana).post("/canais/novo", connection(**wrong))
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert Channel.objects.filter(store=cast.store).count() == 1


def test_a_known_operator_fills_the_form_and_the_rest_stands_below_a_fold(cast, as_):
    form = as_(cast.ana).get("/canais/novo?conector=mirakl&modelo=carrefour").text
    above, below = form.split("<details", 1)
    assert 'value="Carrefour"' in above
    assert 'name="s_shop_api_key"' in above
    assert 'name="s_column_sku"' in below


def test_an_account_with_an_address_of_its_own_must_say_it(cast, as_):
    given = {"connector": "mirakl", "code": "novo-mk", "s_shop_api_key": "a-secret-1"}
    answer = as_(cast.ana).post("/canais/novo", connection(**given))
    assert answer.status_code == 422
    assert not Channel.objects.filter(code="novo-mk").exists()


def test_an_unknown_connector_does_not_exist(cast, as_):
    assert as_(cast.ana).get("/canais/novo?conector=nobody").status_code == 404
    assert as_(cast.ana).post("/canais/novo", connection(connector="nobody")).status_code == 404


# -- removing


def test_f46_removing_asks_first_with_the_numbers_and_for_the_password(cast, as_):
    take([Hint(cast.channel.pk, "product", f"q{number}") for number in range(25)])
    client = as_(cast.ana)
    asked = client.get("/canais/mlb/remover")
    assert "<b>25</b> trabalhos na fila serão cancelados" in asked.text
    assert client.post("/canais/mlb/remover", {"password": "errada"}).status_code == 422
    assert Work.objects.count() == 25
    done = client.post("/canais/mlb/remover", {"password": PASSWORD}, follow=True)
    assert "25 trabalhos que esperavam foram cancelados" in done.text
    assert "Nenhum canal conectado" in done.text
    assert client.get("/canais/mlb").status_code == 404
    assert not Work.objects.exists()


def test_f46_a_record_of_a_removed_channel_is_kept_and_offers_nothing(cast, as_, error):
    client = as_(cast.ana)
    client.post("/canais/mlb/remover", {"password": PASSWORD})
    answer = client.get(f"/produtos/{error.pk}")
    assert answer.status_code == 200
    assert f"/produtos/{error.pk}/reprocessar" not in answer.text
    assert f"/produtos/{error.pk}/restaurar" not in answer.text
    assert error.sku not in client.get("/produtos").text
