"""`/`: how things stand, and what to do next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cast import person
from factories import MISSING, count, make_cause, make_channel, make_tally
from ponte.db.models import Lane, LaneState, Membership, Tally, Work
from ponte.domain.latency import bucket, typical_ms
from ponte.domain.problem import Problem, ProblemClass, Stage
from ponte.web.charts import SLOT, Series, bars_of, scale_of, trend_of
from ponte.web.overview.live import lasting, live_times_of
from ponte.web.overview.slots import Period, slots_of

OTHER = Problem(ProblemClass.IDENTIFIER_INVALID, Stage.MARKETPLACE, subject="GTIN")
THIRD = Problem(ProblemClass.TITLE_INVALID, Stage.MARKETPLACE, subject="title")
FOURTH = Problem(ProblemClass.PRICE_INVALID, Stage.MARKETPLACE, subject="price")


def shown(as_, user, query="") -> str:
    answer = as_(user).get(f"/{query}")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().replace("\u00a0", " ").split())


def test_a_new_store_is_shown_the_three_steps(cast, as_):
    page = shown(as_, cast.ana)
    assert "Três passos para começar" in page
    assert "Produtos processados" not in page


def test_the_first_block_says_which_causes_explain_most_errors(cast, as_):
    for problem, records in ((MISSING, 50), (OTHER, 15), (THIRD, 6), (FOURTH, 29)):
        make_cause(cast.channel, problem, count=records)
    count(cast.channel, "error", 100)
    assert "2 causas explicam 79% dos 100 produtos afetados." in shown(as_, cast.ana)


def test_an_account_that_needs_a_person_comes_before_the_causes(cast, as_):
    make_cause(cast.channel, MISSING, count=50)
    count(cast.channel, "queued", 1318)
    Lane.objects.filter(channel=cast.channel).update(state=LaneState.DISCONNECTED)
    page = shown(as_, cast.ana)
    told = "Mercado Livre está desconectado. 1.318 produtos esperam, nada se perde."
    assert page.index(told) < page.index("1 causa explica 100% dos 50 produtos afetados.")
    assert 'href="/canais/mlb"' in page


def test_a_marketplace_that_does_not_answer_is_told_with_the_time_of_the_next_look(cast, as_):
    count(cast.channel, "queued", 2)
    until = int((timezone.now() + timedelta(minutes=5)).timestamp() * 1000)
    Lane.objects.filter(channel=cast.channel).update(breaker_until_ms=until)
    assert "Mercado Livre não responde. 2 produtos esperam; o Ponte tenta de novo às" in shown(as_, cast.ana)


def test_errors_that_rose_are_told_with_both_shares(cast, as_):
    now = timezone.now()
    make_tally(cast.channel, now, success=70, error=30)
    make_tally(cast.channel, now - timedelta(hours=30), success=95, error=5)
    page = shown(as_, cast.ana)
    assert "Os erros de Mercado Livre subiram de 5% para 30%." in page
    assert "25,0 pontos abaixo do período anterior" in page


def test_when_nothing_is_wrong_the_page_says_so(cast, as_):
    make_tally(cast.channel, timezone.now(), success=70)
    assert "Tudo em ordem" in shown(as_, cast.ana)


def test_a_warning_counts_as_a_success_and_a_further_try_as_nothing(cast, as_):
    make_tally(cast.channel, timezone.now(), success=80, alert=10, error=10, again=500)
    assert '<p class="kpi number">90%</p>' in shown(as_, cast.ana)


def test_the_oldest_work_that_is_due_tells_how_late_the_queue_is(cast, as_, error):
    lane = Lane.objects.get(channel=cast.channel)
    due = int((timezone.now() - timedelta(minutes=41)).timestamp() * 1000)
    Work.objects.create(integration=error, lane=lane, due_at_ms=due, queued_at_ms=due)
    count(cast.channel, "queued")
    page = shown(as_, cast.ana)
    assert "A fila de Mercado Livre está atrasada em 41 min." in page
    assert "Espera mais longa: 41 min, Mercado Livre" in page


def test_the_time_to_go_live_is_told_as_two_quantiles(cast, as_):
    now = timezone.now()
    make_tally(cast.channel, now, success=100, **{f"live:{bucket(10_000)}": 90, f"live:{bucket(600_000)}": 10})
    page = shown(as_, cast.ana)
    half, most = (lasting(typical_ms(bucket(time))) for time in (10_000, 600_000))
    assert (half, most) == ("11 s", "10 min")
    assert f"Metade chega em até <b>{half}</b>; 95% em até <b>{most}</b>." in page


@pytest.mark.parametrize(("query", "bars"), [("", 24), ("?periodo=24h", 24), ("?periodo=30d", 30)])
def test_a_bar_leads_to_the_history_of_its_time(cast, as_, query, bars):
    make_tally(cast.channel, timezone.now(), success=3)
    page = shown(as_, cast.ana, query)
    now = timezone.localtime()
    assert page.count('tabindex="-1" title="') == bars
    assert f"/historico?dia={now:%Y-%m-%d}" in page


def test_an_unknown_period_leads_to_the_usual_one(cast, as_):
    answer = as_(cast.ana).get("/?periodo=1a")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


def test_every_chart_has_a_name_and_its_numbers_as_a_table(cast, as_):
    make_tally(cast.channel, timezone.now(), success=3, error=1)
    page = shown(as_, cast.ana)
    drawings = page.count('role="img"')
    assert drawings == page.count("<title id=") == page.count("<desc id=") == 2
    assert page.count('<details class="chart-numbers">') == 2
    assert "style=" not in page


def test_somebody_limited_to_channels_sees_the_figures_of_those_alone(cast, as_):
    now = timezone.now()
    other = make_channel(cast.store, "amz", "Amazon")
    make_tally(cast.channel, now, success=1, error=9)
    make_tally(other, now, success=10)
    make_cause(cast.channel, MISSING, count=9)
    lia = person("lia", cast.store)
    Membership.objects.filter(user=lia).update(channel_ids=[other.pk])
    page = shown(as_, lia)
    assert '<p class="kpi number">100%</p>' in page
    assert "Mercado Livre" not in page
    assert "Tudo em ordem" in page


@pytest.mark.parametrize("path", ["/", "/produtos"])
def test_the_first_step_of_a_store_without_channels_is_for_who_may_take_it(cast, as_, path):
    cast.channel.delete()
    go = '<a class="btn small primary" href="/canais/novo">Conectar</a>'
    assert go in as_(cast.ana).get(path).text
    told = as_(cast.vera).get(path).text
    assert go not in told
    assert "Peça a quem administra a loja" in told


def test_another_stores_figures_are_not_seen(cast, as_):
    make_tally(cast.other_channel, timezone.now(), success=10)
    make_cause(cast.other_channel, MISSING, count=9)
    page = shown(as_, cast.ana)
    assert "Três passos para começar" in page


def test_the_queries_do_not_grow_with_channels_and_hours(cast, as_):
    client = as_(cast.ana)
    now = timezone.now()

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get("/?periodo=30d")
        return len(captured)

    make_tally(cast.channel, now, success=3, error=1)
    make_cause(cast.channel, MISSING, count=9)
    queries()
    before = queries()
    for place in range(3):
        other = make_channel(cast.store, f"c{place}", f"Canal {place}")
        make_cause(other, MISSING, count=9)
        for hour in range(5):
            make_tally(other, now - timedelta(hours=hour), success=3, error=1)
    assert queries() == before


def test_a_day_has_its_hours_also_when_the_clocks_change():
    """P19: Lisbon's day of 25 hours."""
    now = datetime(2026, 10, 26, 12, 0, tzinfo=UTC)
    with timezone.override("Europe/Lisbon"):
        slots = slots_of(Period.MONTH, now)
    by_day = {slot.text: len(slot.hours) for slot in slots}
    assert (by_day["24/10"], by_day["25/10"], by_day["26/10"]) == (24, 25, 13)
    assert sum(by_day.values()) == len({hour for slot in slots for hour in slot.hours})


def test_bars_stand_on_each_other_and_share_one_scale():
    series = [Series("a", "A", "suc"), Series("b", "B", "err")]
    first, second = bars_of([{"a": 6, "b": 2}, {"a": 4}], series)
    assert [(piece.y, piece.height) for piece in first.pieces] == [("25", "75"), ("0", "25")]
    assert [(piece.y, piece.height) for piece in second.pieces] == [("50", "50")]
    assert second.x - first.x == SLOT


def test_a_line_has_gaps_where_nothing_is_known():
    trend = trend_of([1.0, 0.5, None, 0.5], 0.0, 1.0, 30)
    assert trend.lines == ("0,0 10,50",)
    assert trend.dots == (("30", "50"),)


@pytest.mark.parametrize(("largest", "top"), [(0, 1), (7, 8), (1090, 1500), (2000, 2000), (96_000, 100_000)])
def test_a_scale_ends_at_a_round_number(largest, top):
    assert scale_of(largest).top == top


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [(500, "menos de 1 s"), (42_000, "42 s"), (360_000, "6 min"), (5_400_000, "1,5 h"), (172_800_000, "2 dias")],
)
def test_times_are_said_as_people_say_them(milliseconds, text):
    assert lasting(milliseconds) == text


def test_the_ranges_of_times_add_up_and_end_with_the_last_one_met():
    live = live_times_of({1: {bucket(3_000): 4}, 2: {bucket(50_000): 6}})
    assert [(one.text, one.count, one.width) for one in live.ranges] == [
        ("até 5 s", 4, 67),
        ("até 15 s", 0, 0),
        ("até 30 s", 0, 0),
        ("até 1 min", 6, 100),
    ]
    assert live.count == 10


def test_tallies_outside_the_period_are_left_out(cast, as_):
    make_tally(cast.channel, timezone.now() - timedelta(days=3), success=3)
    assert Tally.objects.count() == 1
    assert "Nada foi processado neste período." in shown(as_, cast.ana)
    assert "Nada foi processado" not in shown(as_, cast.ana, "?periodo=7d")
