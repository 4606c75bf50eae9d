"""`/historico`: every try of a day, and how much happened on each."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cast import person
from factories import make_attempt, make_channel, make_integration, make_tally
from ponte.db import history
from ponte.db.history import Asked, Came
from ponte.db.models import Attempt, Membership
from ponte.db.results import open_attempts
from ponte.db.scope import Scope
from ponte.domain.lifecycle import AttemptResult
from ponte.web.history import day_text


@pytest.fixture
def noon():
    """Today's noon in the store's zone, or now if that is to come: never near a midnight."""
    here = timezone.localtime(timezone=timezone.get_default_timezone())
    return here.replace(hour=12, minute=0, second=0, microsecond=0)


def tried(found, at, number=1, **values) -> Attempt:
    return make_attempt(found, number, started_at=at, ended_at=at + timedelta(seconds=1), **values)


def shown(as_, user, query="", status=200) -> str:
    answer = as_(user).get(f"/historico{query}")
    assert answer.status_code == status
    return " ".join(answer.content.decode().split())


def test_a_try_is_told_with_its_moment_and_leads_to_its_record(cast, as_, noon):
    found = make_integration(cast.channel, "118204")
    tried(found, noon, 3)
    page = shown(as_, cast.vera, f"?dia={noon:%Y-%m-%d}")
    assert f'href="/produtos/{found.pk}?tentativa=3#t-3"' in page
    assert ">12:00:00</time>" in page
    assert "Recusado" in page
    assert "Tênis Corrida 118204" in page


def test_now_and_then_are_named_and_lead_to_each_other(cast, as_):
    assert 'href="/produtos">Agora</a>' in shown(as_, cast.ana)


def test_a_day_is_the_stores_own(cast, as_, noon):
    found = make_integration(cast.channel, "1")
    midnight = noon.replace(hour=0)
    for number, at in enumerate((midnight - timedelta(seconds=1), midnight, midnight + timedelta(hours=23)), 1):
        tried(found, at, number)
    page = shown(as_, cast.ana, f"?dia={noon:%Y-%m-%d}")
    assert "tentativa 1<" not in page
    assert page.index("tentativa 3<") < page.index("tentativa 2<")


def test_an_hour_of_a_day_alone(cast, as_, noon):
    found = make_integration(cast.channel, "1")
    tried(found, noon - timedelta(minutes=1), 1)
    tried(found, noon, 2)
    page = shown(as_, cast.ana, f"?dia={noon:%Y-%m-%d}&hora=12")
    assert "tentativa 2<" in page
    assert "tentativa 1<" not in page
    assert "das 12 h às 13 h" in page


def test_filters_by_channel_result_and_sku(cast, as_, noon):
    other = make_channel(cast.store, "amz", "Amazon")
    one, two = make_integration(cast.channel, "1"), make_integration(other, "2", "success")
    tried(one, noon)
    tried(two, noon, result=AttemptResult.ACCEPTED)
    day = f"?dia={noon:%Y-%m-%d}"
    for query, seen, unseen in (
        ("&canal=amz", "Corrida 2<", "Corrida 1<"),
        ("&resultado=erro", "Corrida 1<", "Corrida 2<"),
        ("&resultado=sucesso", "Corrida 2<", "Corrida 1<"),
        ("&sku=2", "Corrida 2<", "Corrida 1<"),
    ):
        page = shown(as_, cast.ana, day + query)
        assert seen in page
        assert unseen not in page


def test_a_sku_is_followed_through_all_days(cast, as_, noon):
    found = make_integration(cast.channel, "1")
    tried(found, noon - timedelta(days=40), 1)
    tried(found, noon, 2)
    page = shown(as_, cast.ana, "?sku=1")
    assert "Todos os dias" in page
    assert "tentativa 1<" in page
    assert "tentativa 2<" in page


def test_days_have_their_totals_and_the_errors_among_them(cast, as_, noon):
    make_tally(cast.channel, noon - timedelta(days=1), success=1200, error=34, again=1)
    page = shown(as_, cast.ana)
    assert '<b class="number">1.235</b>' in page
    assert "34 erros" in page
    assert 'aria-current="date"' in page.split("ontem")[0].rpartition("<a ")[2]


def test_a_weekday_is_short_and_keeps_its_accent():
    saturday = date(2026, 11, 14)
    assert day_text(saturday, saturday + timedelta(days=5)) == "Sáb 14/11"


def test_a_day_without_tries_is_not_called_free_of_errors(cast, as_):
    assert "sem erros" not in shown(as_, cast.ana)


def test_the_page_goes_on_by_the_last_id_and_ends(cast, as_, noon, monkeypatch):
    monkeypatch.setattr("ponte.web.history.SIZE", 2)
    found = make_integration(cast.channel, "1")
    for number in range(1, 6):
        tried(found, noon + timedelta(seconds=number), number)
    client, seen, address = as_(cast.ana), [], f"/historico?dia={noon:%Y-%m-%d}"
    while address:
        page = client.get(address).context["history"]
        seen += [line.tried.number for line in page.lines]
        address = page.next
    assert seen == [5, 4, 3, 2, 1]


def test_what_is_rare_is_looked_for_a_piece_at_a_time(cast, noon, monkeypatch):
    monkeypatch.setattr(history, "LOOKED_AT", 3)
    found = make_integration(cast.channel, "1")
    rare = tried(found, noon, 1, result=AttemptResult.POSTPONED, status="pending")
    for number in range(2, 9):
        tried(found, noon, number)
    asked, below, pages = Asked(noon.date(), result=Came.AGAIN), None, []
    while True:
        page = history.page(Scope(cast.store.pk), asked, below=below)
        pages.append([one.pk for one in page.rows])
        if (below := page.next) is None:
            break
    assert pages == [[], [], [rare.pk]]


@pytest.mark.parametrize(
    "query",
    [
        "?dia=2026-02-31",
        "?dia=ontem",
        "?hora=24",
        "?resultado=talvez",
        "?canal=a/b",
        "?antes=abc",
        "?ordem=senha",
        "?sku=a&sku=b",
    ],
)
def test_f16_an_address_that_cannot_be_followed_says_why(cast, as_, error, query):
    """F15, F16, F18."""
    page = shown(as_, cast.ana, query, status=400)
    assert 'class="notice err"' in page


def test_a_foreign_store_and_unseen_channels_are_not_in_it(cast, as_, noon):
    tried(make_integration(cast.channel, "1"), noon)
    tried(make_integration(cast.other_channel, "2"), noon)
    other = make_channel(cast.store, "amz", "Amazon")
    tried(make_integration(other, "3"), noon)
    lia = person("lia", cast.store)
    Membership.objects.filter(user=lia).update(channel_ids=[other.pk])
    day = f"?dia={noon:%Y-%m-%d}"
    assert "Corrida 2<" not in shown(as_, cast.ana, day)
    page = shown(as_, lia, day)
    assert "Corrida 3<" in page
    assert "Corrida 1<" not in page
    assert "Corrida 1<" not in shown(as_, lia, "?sku=1")
    assert "Corrida 1<" not in shown(as_, lia, f"{day}&canal=mlb")


def test_hostile_text_stays_text(cast, as_, noon):
    tried(make_integration(cast.channel, "1", name="<script>alert(1)</script>"), noon)
    assert "<script>alert" not in shown(as_, cast.ana, f"?dia={noon:%Y-%m-%d}")


def test_the_queries_do_not_grow_with_the_tries(cast, as_, noon):
    client, found = as_(cast.ana), make_integration(cast.channel, "1")

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/historico?dia={noon:%Y-%m-%d}")
        return len(captured)

    tried(found, noon, 1)
    queries()
    before = queries()
    for number in range(2, 20):
        tried(make_integration(cast.channel, f"s{number}"), noon, number)
    assert queries() == before


def test_a_days_ids_are_found_in_any_number_of_tries(cast):
    found = make_integration(cast.channel, "1")
    start = datetime(2026, 6, 1, tzinfo=UTC)
    made = [tried(found, start + timedelta(hours=hour), hour + 1) for hour in range(49)]
    Attempt.objects.filter(pk__in=[one.pk for one in made[10:14]]).delete()
    for hour in range(50):
        moment = start + timedelta(hours=hour)
        left = Attempt.objects.filter(started_at__gte=moment).order_by("pk").values_list("pk", flat=True)
        id_ = history._first_since(moment)
        assert list(Attempt.objects.filter(pk__gte=id_).order_by("pk").values_list("pk", flat=True)) == list(left)


def test_without_any_try_there_is_nothing_and_no_fault(cast, as_):
    assert "Nada aconteceu neste dia" in shown(as_, cast.ana)


def test_a_try_begun_by_the_queue_is_in_the_channels_history(cast):
    found = make_integration(cast.channel, "1")
    now = timezone.now()
    open_attempts([(found.pk, cast.channel.pk, 1, "notification", None, "send", now, 1, 1, "runner")])
    [only] = history.page(Scope(cast.store.pk), Asked()).rows
    assert only.integration_id == found.pk
