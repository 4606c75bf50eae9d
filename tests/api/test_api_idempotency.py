"""One effect per Idempotency-Key (bad inputs F01 to F04), also when fifty come at once, on both databases."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from api_cast import Api, integration, shop
from django.db import connection, transaction

from ponte.db.models import Attempt, Audit, BulkAction, IdempotencyKey, Work
from ponte.flows.idempotency import Reply, StillRunning, once, once_outside, sweep

ACTIONS = "/api/v1/actions"
EVERYTHING = {"verb": "reprocess", "filter": {}}


def test_f01_a_second_click_says_that_it_is_already_being_processed(ana):
    row = integration(ana, "1")
    first = Api(ana.operator).post(f"/api/v1/integrations/{row.pk}/reprocess")
    second = Api(ana.operator).post(f"/api/v1/integrations/{row.pk}/reprocess")
    assert (first.status_code, first.json()["result"]) == (202, "queued")
    assert (second.status_code, second.json()["result"]) == (202, "already")
    assert second.json()["message"] == "Já está em processamento."
    assert Work.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_f02_fifty_parallel_posts_with_one_key_have_one_effect_and_one_answer():
    ana = shop("loja-ana", ("ana", "bruno", "vera"))

    def post(_number: int) -> tuple[int, bytes]:
        try:
            answer = Api(ana.operator).post(ACTIONS, EVERYTHING, key="one-key")
            return answer.status_code, answer.content
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(post, range(50)))
    assert len(answers) == 1
    assert next(iter(answers))[0] == 202
    assert BulkAction.objects.count() == 1
    assert Audit.objects.filter(verb="bulk reprocess").count() == 1


def test_f02_parallel_holds_on_postgresql_too(tmp_path):
    url = os.environ.get("PONTE_TEST_POSTGRES_URL")
    if not url:
        pytest.skip("PONTE_TEST_POSTGRES_URL is not set: no PostgreSQL to try this on")
    environ = os.environ | {"PONTE_DATABASE_URL": url, "PONTE_DATA": str(tmp_path)}
    environ.pop("PONTE_TEST_POSTGRES_URL")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "fifty_parallel", __file__]
    done = subprocess.run(
        command, env=environ, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


def test_f03_the_same_key_with_another_body_is_refused_with_words(ana):
    api = Api(ana.operator)
    assert api.post(ACTIONS, EVERYTHING, key="k").status_code == 202
    refused = api.post(ACTIONS, {"verb": "remove", "filter": {}}, key="k")
    assert refused.status_code == 422
    assert refused.json()["type"] == "urn:ponte:problem:key-reused"
    assert refused.json()["detail"] == "Esta Idempotency-Key foi usada com outro pedido; use uma nova."
    assert BulkAction.objects.count() == 1


def test_f03_the_same_key_at_another_address_is_refused(ana):
    api = Api(ana.operator)
    first, second = integration(ana, "1"), integration(ana, "2")
    assert api.post(f"/api/v1/integrations/{first.pk}/reprocess", key="k").status_code == 202
    assert api.post(f"/api/v1/integrations/{second.pk}/reprocess", key="k").status_code == 422
    assert Work.objects.count() == 1


def test_f04_the_same_key_after_25_hours_is_a_new_request(ana):
    api = Api(ana.operator)
    first = api.post(ACTIONS, EVERYTHING, key="k").json()["id"]
    for row in IdempotencyKey.objects.all():
        row.created_at -= timedelta(hours=25)
        row.save()
    assert api.post(ACTIONS, EVERYTHING, key="k").json()["id"] != first
    assert IdempotencyKey.objects.count() == 1


def test_a_replay_is_the_first_answer_even_if_the_record_has_changed(ana):
    row = integration(ana, "1")
    path = f"/api/v1/integrations/{row.pk}/reprocess"
    first = Api(ana.operator).post(path, key="k")
    row.status, row.phase = "success", "idle"
    row.save()
    second = Api(ana.operator).post(path, key="k")
    assert (second.status_code, second.content) == (202, first.content)


def test_how_the_json_is_written_does_not_make_another_request(ana):
    api = Api(ana.operator)
    first = api.post(ACTIONS, key="k", raw=b'{"verb":"remove","filter":{}}')
    second = api.post(ACTIONS, key="k", raw=b'{ "filter": {}, "verb": "remove" }')
    assert first.content == second.content


def test_two_people_may_use_the_same_key(ana):
    Api(ana.operator).post(ACTIONS, EVERYTHING, key="k")
    Api(ana.admin).post(ACTIONS, EVERYTHING, key="k")
    assert BulkAction.objects.count() == 2


def test_a_refusal_is_not_kept_so_the_key_is_free_for_the_repaired_request(ana):
    row = integration(ana, "1", "success")
    path = f"/api/v1/integrations/{row.pk}/reprocess"
    assert Api(ana.operator).post(path, key="k").status_code == 409
    row.status = "error"
    row.save()
    assert Api(ana.operator).post(path, key="k").status_code == 202


@pytest.mark.parametrize("key", ["x" * 256, "com espaço", "a b"])
def test_a_key_that_cannot_be_one_is_refused(ana, key):
    refused = Api(ana.operator).post(ACTIONS, EVERYTHING, key=key)
    assert (refused.status_code, refused.json()["type"]) == (400, "urn:ponte:problem:bad-key")
    assert BulkAction.objects.count() == 0


def token_id(ana) -> int:
    return ana.people[1].tokens.get().pk


def test_an_effect_that_fails_leaves_nothing_and_a_free_key(ana):
    def half_done() -> Reply:
        Attempt.objects.create(
            integration=integration(ana, "1"), number=1, trigger="person", started_at="2026-01-01T00Z"
        )
        raise KeyError

    with pytest.raises(KeyError), transaction.atomic():
        once(token_id(ana), "k", "digest", half_done)
    assert (IdempotencyKey.objects.count(), Attempt.objects.count()) == (0, 0)
    assert once(token_id(ana), "k", "digest", lambda: Reply(200, "{}")) == Reply(200, "{}")


def test_an_effect_on_the_network_marks_its_key_first_and_frees_it_when_it_fails(ana):
    seen = []

    def effect() -> Reply:
        seen.append(once_outside(token_id(ana), "k", "digest", lambda: Reply(200, "twin"), patience_seconds=0))
        raise KeyError

    with pytest.raises(KeyError):
        once_outside(token_id(ana), "k", "digest", effect)
    assert seen == [StillRunning()]
    assert IdempotencyKey.objects.count() == 0
    assert once_outside(token_id(ana), "k", "digest", lambda: Reply(200, "{}")) == Reply(200, "{}")
    assert once_outside(token_id(ana), "k", "digest", lambda: Reply(200, "other")) == Reply(200, "{}")


def test_a_mark_left_by_a_dead_process_is_taken_over(ana):
    def dies() -> Reply:
        for row in IdempotencyKey.objects.all():
            row.created_at -= timedelta(minutes=3)
            row.save()
        return once_outside(token_id(ana), "k", "digest", lambda: Reply(200, "again"))

    assert once_outside(token_id(ana), "k", "digest", dies) == Reply(200, "again")


def test_old_keys_are_swept(ana):
    once(token_id(ana), "old", "digest", lambda: Reply(200, "{}"))
    IdempotencyKey.objects.update(created_at=IdempotencyKey.objects.get().created_at - timedelta(hours=25))
    once(token_id(ana), "new", "digest", lambda: Reply(200, "{}"))
    assert sweep() is False
    assert IdempotencyKey.objects.get().key == "new"
