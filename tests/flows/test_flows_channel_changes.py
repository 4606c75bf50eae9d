"""Connecting, editing, pausing and taking out channels; the mapping's versions. No network."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection

from factories import make_channel, make_integration, make_store
from ponte.connectors import get
from ponte.db import queries
from ponte.db.channels import overviews, versions
from ponte.db.clock import now_ms
from ponte.db.models import Audit, Channel, Integration, Lane, MappingVersion, Work
from ponte.db.scope import Scope
from ponte.domain.lifecycle import Trigger
from ponte.flows.channels import steer, stores
from ponte.flows.channels.archived import put_away
from ponte.flows.channels.fitness import Access, Described, Unfit, moves
from ponte.flows.ingest import Hint, doors, take
from ponte.flows.mapping.saving import Overtaken, Refused, Saved, save_mapping
from ponte.flows.reprocess import reprocess
from ponte.queue.lanes import due_lanes

pytestmark = pytest.mark.django_db
SECRET = "canary-secret-7f3a"
GOOD = "version: 1\ndefault_category: MLB1055\n"


@pytest.fixture
def store():
    return make_store()


@pytest.fixture
def made(store):
    found = stores.add_channel(
        store,
        code="ml",
        name="Mercado Livre",
        connector="mercadolivre",
        settings={"client_id": "1"},
        secrets={"client_secret": SECRET},
        mapping_text=GOOD,
    )
    assert isinstance(found, Channel)
    return found


def audited(verb: str) -> list[dict[str, object]]:
    return [row.detail for row in Audit.objects.filter(verb=verb).order_by("pk")]


def everything() -> str:
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names() if name.startswith("db_")]
        found = []
        for name in tables:
            cursor.execute(f"SELECT * FROM {name}")
            found.append(str(cursor.fetchall()))
    return "\n".join(found)


# -- access


def test_a_secret_is_nowhere_in_plain_text_and_its_change_is_audited_by_name(made):
    stores.set_access(
        made, Access(settings={"client_id": "2"}, secrets={"client_secret": SECRET + "-b"}), actor_id=None
    )
    made.refresh_from_db()
    assert made.secrets()["client_secret"] == SECRET + "-b"
    assert audited("channel access changed")[0]["replaced"] == ["client_secret"]
    assert "client_secret" in made.secrets_at
    assert SECRET not in everything()


def test_secrets_left_empty_stay_as_they_are(made):
    assert stores.set_access(made, Access(settings={"client_id": "2"}), actor_id=None) == {}
    made.refresh_from_db()
    assert (made.settings["client_id"], made.secrets()) == ("2", {"client_secret": SECRET})
    assert made.token_version == 0


def test_a_new_secret_ends_the_old_tokens_and_lets_a_disconnected_lane_go_on(made):
    Lane.objects.update(state="disconnected", reason={"class": "AUTH_INVALID"})
    stores.set_access(made, Access(settings={"client_id": "1"}, secrets={"client_secret": "x" * 9}), actor_id=None)
    made.refresh_from_db()
    assert made.token_version == 1
    assert Lane.objects.get().state == "open"


def test_new_keys_do_not_start_a_channel_that_a_person_paused(made):
    steer.pause(made.pk, store_id=made.store_id, actor_id=None)
    stores.set_access(made, Access(settings={"client_id": "1"}, secrets={"client_secret": "x" * 9}), actor_id=None)
    assert Lane.objects.get().state == "paused"


def test_f33_an_address_that_leads_inward_is_refused_and_nothing_changes(made):
    given = Access("https://169.254.169.254", {"client_id": "9"}, {"client_secret": "other-secret"})
    assert stores.set_access(made, given, actor_id=None) == {"base_url": Unfit.INWARD}
    made.refresh_from_db()
    assert (made.base_url, made.settings["client_id"], made.secrets()["client_secret"]) == ("", "1", SECRET)


def test_a_secret_does_not_go_to_another_address_unless_it_is_entered_again(made):
    made.keep_secrets({"client_secret": SECRET, "access_token": "canary-a", "refresh_token": "canary-r"})
    made.save()
    there = Access("https://elsewhere.example", {"client_id": "1"})
    assert stores.set_access(made, there, actor_id=None) == {"client_secret": Unfit.ELSEWHERE}
    made.refresh_from_db()
    assert (made.base_url, made.secrets()["client_secret"]) == ("", SECRET)
    assert stores.set_access(made, replace(there, secrets={"client_secret": "other"}), actor_id=None) == {}
    made.refresh_from_db()
    assert made.secrets() == {"client_secret": "other"}, "the tokens were of the account there"
    assert (list(made.secrets_at), made.token_version) == (["client_secret"], 1)
    back = Access("", {"client_id": "1"})
    assert stores.set_access(made, back, actor_id=None) == {"client_secret": Unfit.ELSEWHERE}


def test_a_further_host_of_a_connector_gets_no_secret_of_another_either(made):
    manifest = replace(get("mercadolivre").manifest, hosts={"pictures": "https://pictures.example"})
    for host, elsewhere in (("https://evil.example", True), ("https://pictures.example/v2", False), ("", False)):
        given = Access(settings={"host_pictures": host})
        assert moves("", {}, given, manifest) is elsewhere
    assert moves("", {"host_pictures": "https://a.example"}, Access(settings={"host_pictures": "http://["}), manifest)


def test_secrets_that_do_not_open_any_more_can_be_entered_again(made):
    Channel.objects.update(secrets_sealed="v1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
    made.refresh_from_db()
    assert stores.set_access(made, Access(settings={"client_id": "1"}), actor_id=None) == {
        "client_secret": Unfit.MISSING
    }
    given = Access(settings={"client_id": "1"}, secrets={"client_secret": "new-secret"})
    assert stores.set_access(made, given, actor_id=None) == {}
    made.refresh_from_db()
    assert made.secrets() == {"client_secret": "new-secret"}


def test_an_edit_is_audited_with_what_was_there_before(made):
    assert stores.edit_channel(made, Described("ML", "mlc", "2", 7.5, 4), actor_id=None) == {}
    made.refresh_from_db()
    assert (made.name, made.affiliate_id, made.requests_per_second, made.concurrency) == ("ML", "MLC", 7.5, 4)
    [detail] = audited("channel edited")
    assert (detail["name"], detail["trade_policy"]) == (["Mercado Livre", "ML"], ["1", "2"])
    assert stores.edit_channel(made, Described("ML", "mlc", "2", 7.5, 4), actor_id=None) == {}
    assert len(audited("channel edited")) == 1, "nothing changed the second time"


@pytest.mark.parametrize("code", ["novo", "vtex", "VTEX", "a b", "", "x" * 41])
def test_a_code_that_cannot_be_a_page_is_refused(store, code):
    found = stores.add_channel(store, code=code, name="", connector="mercadolivre", settings={"client_id": "1"})
    assert found.flaws["code"] is Unfit.CODE


def test_the_stores_vtex_keys_are_replaced_one_by_one(store):
    store.keep_secrets(app_key="key-one", app_token="token-one")
    store.save()
    assert stores.set_vtex(store.pk, base_url="https://127.0.0.1", app_key="", app_token="", actor_id=None)
    given = {"base_url": f"{store.base_url}/", "app_key": "", "app_token": "token-two"}
    assert stores.set_vtex(store.pk, **given, actor_id=None) == {}
    before, _ = store.base_url, store.refresh_from_db()
    assert store.secrets() == {"app_key": "key-one", "app_token": "token-two"}
    assert store.base_url == before
    assert audited("vtex access changed")[0]["replaced"] == ["app_token"]
    assert "token-two" not in everything()


def test_the_stores_keys_do_not_go_to_another_address_unless_they_are_entered_again(store):
    store.keep_secrets(app_key="key-one", app_token="token-one")
    store.save()
    before, there = store.base_url, "https://elsewhere.example"
    assert stores.set_vtex(store.pk, base_url=there, app_key="key-two", app_token="", actor_id=None) == {
        "app_token": Unfit.ELSEWHERE
    }
    store.refresh_from_db()
    assert (store.base_url, store.secrets()["app_key"]) == (before, "key-one")
    assert stores.set_vtex(store.pk, base_url=there, app_key="key-two", app_token="two", actor_id=None) == {}
    store.refresh_from_db()
    assert (store.base_url, store.secrets()) == (there, {"app_key": "key-two", "app_token": "two"})


# -- pause


def test_a_pause_keeps_who_and_why(made):
    steer.pause(made.pk, store_id=made.store_id, actor_id=None, reason="  Promoção no ar  ")
    assert Lane.objects.get().reason == {"note": "Promoção no ar", "actor_id": None}
    assert audited("channel paused") == [{"reason": "Promoção no ar"}]


# -- taking out (F46)


@pytest.fixture
def busy(store):
    """A channel with an error, a success, and 300 sends that wait; and one beside it."""
    channel, other = make_channel(store), make_channel(store, "amz", "Amazon")
    make_integration(channel, "e1", "error")
    make_integration(channel, "s1", "success")
    take([Hint(channel.pk, "product", f"q{number}") for number in range(300)], trigger=Trigger.SYNC)
    make_integration(other, "o1", "error")
    return channel


def test_f46_taking_a_channel_out_cancels_what_waits_and_keeps_the_history(store, busy):
    records = Integration.objects.count()
    assert steer.waiting(busy.pk) == 300
    assert steer.take_out(busy.pk, store_id=store.pk, actor_id=None) == 300
    assert not Work.objects.filter(lane__channel=busy).exists()
    assert Integration.objects.count() == records
    [detail] = audited("channel removed")
    assert detail["cancelled"] == 300


def test_f46_a_channel_that_was_taken_out_is_in_no_list_no_count_and_no_door(store, busy):
    scope = Scope(store.pk)
    steer.take_out(busy.pk, store_id=store.pk, actor_id=None)
    assert [state.channel.code for state in queries.channels(scope)] == ["amz"]
    assert {row.sku for row in queries.page(scope, queries.Filters()).rows} == {"o1"}
    assert queries.page(scope, queries.Filters(removed=True)).rows == ()
    assert (queries.counts(scope)["queued"], queries.counts(scope)["error"]) == (0, 1)
    [door] = doors().values()
    assert len(door.channels) == 1
    assert due_lanes(10) == []


def test_f46_nothing_wakes_a_channel_that_was_taken_out(store, busy):
    found = Integration.objects.get(sku="e1")
    steer.take_out(busy.pk, store_id=store.pk, actor_id=None)
    take([Hint(busy.pk, "product", "e1"), Hint(busy.pk, "product", "new")])
    assert reprocess([found.pk], scope=Scope(store.pk), actor_id=None).queued == ()
    assert steer.resume(busy.pk, store_id=store.pk, actor_id=None) is False
    assert steer.take_out(busy.pk, store_id=store.pk, actor_id=None) is None
    assert not Work.objects.exists()
    assert not Integration.objects.filter(sku="new").exists()


def test_f47_the_code_of_a_channel_that_was_taken_out_may_be_given_again(store, busy):
    steer.take_out(busy.pk, store_id=store.pk, actor_id=None)
    again = make_channel(store)
    assert {one.state.channel.pk for one in overviews(Scope(store.pk))} > {again.pk}
    assert queries.page(Scope(store.pk), queries.Filters(channel="mlb")).rows == ()
    assert Integration.objects.filter(channel=busy).count() == 302
    assert again.code == busy.code


def test_a_send_that_ran_when_its_channel_was_taken_out_ends_and_does_not_come_back(store, busy):
    one = Work.objects.order_by("pk").first()
    Work.objects.filter(pk=one.pk).update(lease_epoch=1)
    assert steer.take_out(busy.pk, store_id=store.pk, actor_id=None) == 299
    assert Work.objects.count() == 1
    Work.objects.update(lease_epoch=0, due_at_ms=now_ms())
    make_integration(busy, "late", "success")
    put_away()
    assert not Work.objects.exists()
    assert not Integration.objects.filter(channel=busy, removed_at=None).exists()


def test_a_channel_of_another_store_cannot_be_taken_out(busy):
    assert steer.take_out(busy.pk, store_id=make_store("outra").pk, actor_id=None) is None
    assert Work.objects.count() == 300


# -- mapping


def test_every_saved_mapping_is_kept_with_its_number(made):
    assert save_mapping(made.pk, GOOD + "# b\n", actor_id=None, based_on=1) == Saved(2)
    assert save_mapping(made.pk, GOOD + "# b\n", actor_id=None, based_on=1) == Saved(2, changed=False)
    made.refresh_from_db()
    assert (made.mapping_version, made.mapping_at is not None) == (2, True)
    assert [row.number for row in versions(made.pk)] == [2, 1]
    assert MappingVersion.objects.get(number=1).text == GOOD


def test_what_was_there_before_versions_were_kept_is_kept_too(store):
    channel = make_channel(store)
    Channel.objects.update(mapping_text=GOOD, mapping_version=4)
    save_mapping(channel.pk, GOOD + "# b\n", actor_id=None)
    assert [row.number for row in versions(channel.pk)] == [5, 4]


def test_f45_a_mapping_is_never_saved_over_a_change_that_its_author_has_not_seen(made):
    save_mapping(made.pk, GOOD + "# de Ana\n", actor_id=None, based_on=1)
    done = save_mapping(made.pk, GOOD + "# de Bruno\n", actor_id=None, based_on=1)
    assert isinstance(done, Overtaken)
    assert (done.version, "de Ana" in done.text) == (2, True)
    made.refresh_from_db()
    assert "de Ana" in made.mapping_text


def test_a_mapping_with_errors_is_refused_with_its_lines(made):
    done = save_mapping(made.pk, "version: 1\nprice: {add: 3,5}\n", actor_id=None)
    assert isinstance(done, Refused)
    assert {error.line for error in done.errors} == {2}
    assert MappingVersion.objects.count() == 1
