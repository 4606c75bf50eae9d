"""The connector and the fake over real HTTP, through Ponte's own transport."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from magalu_stage import BASE, MG, Channel, problems, staged

from ponte.domain.outcome import Accepted, Blocked, Link, Listing, Pending, Postponed, Rejected, Tokens
from ponte.sandbox.magalu import Envelope
from ponte.sandbox.switchboard import Fault, FaultKind


@staged()
async def test_a_new_sku_goes_through_trace_price_stock_and_review_to_its_page(channel: Channel) -> None:
    sku = channel.sound()
    listing = await channel.published(sku)
    assert (listing.id, listing.state) == (sku.id, "PUBLISHED")
    assert listing.url.startswith("https://www.magazineluiza.com.br/")
    kept = channel.market.shelf.get(sku.id)
    assert kept is not None
    assert sku.price is not None
    assert kept.price is not None
    assert (kept.price["price"], kept.price["normalizer"], kept.price["currency"]) == (
        int(sku.price * 100),
        100,
        "BRL",
    )
    assert kept.stock is not None
    assert kept.stock["quantity"] == sku.stock
    asked = channel.asked()
    assert asked[:4] == [
        "GET /me 200",
        "GET /categories 200",
        "GET /categories/{id}/attributes 200",
        "GET /categories/{id}/datasheet 200",
    ]
    assert [one for one in asked if not one.startswith("GET")] == [
        "POST /skus 202",
        "POST /prices/{sku} 202",
        "POST /stocks/{sku} 202",
    ]


@staged()
async def test_the_tenant_goes_with_every_call_that_is_made_after_it_was_learnt(channel: Channel) -> None:
    await channel.published(channel.sound())
    names = [one.endpoint for one in channel.record.passed if "x-tenant-id" not in one.request_headers]
    assert names == [f"GET {BASE}/me"]


@staged()
async def test_only_the_price_goes_when_only_the_price_changed(channel: Channel) -> None:
    sku = channel.sound()
    listing = await channel.published(sku)
    channel.record.passed.clear()
    assert sku.price is not None
    dearer = replace(sku, price=sku.price + 1, list_price=None)
    outcome = await channel.settled(await channel.send(dearer, Link(listing)))
    assert isinstance(outcome, Accepted), outcome
    assert [one for one in channel.asked() if not one.startswith("GET")] == ["PATCH /prices/{sku} 202"]
    kept = channel.market.shelf.get(sku.id)
    assert kept is not None
    assert kept.price is not None
    assert kept.price["price"] == int((sku.price + 1) * 100) == kept.price["list_price"]


@staged()
async def test_nothing_is_said_of_an_offer_that_stands(channel: Channel) -> None:
    sku = channel.sound()
    listing = await channel.published(sku)
    channel.record.passed.clear()
    assert isinstance(await channel.send(sku, Link(listing)), Accepted)
    assert channel.asked() == ["GET /skus/{sku} 200"]


@staged()
async def test_everything_is_said_again_when_what_stands_may_be_older(channel: Channel) -> None:
    sku = channel.sound()
    listing = await channel.published(sku)
    channel.record.passed.clear()
    await channel.settled(await channel.send(sku, Link(listing, restate=True)))
    assert [one for one in channel.asked() if not one.startswith("GET")] == [
        "PATCH /prices/{sku} 202",
        "PATCH /stocks/{sku} 202",
        "PUT /skus/{sku} 202",
    ]


@staged(review_seconds=7_200.0, token_seconds=1_000_000)
async def test_a_change_during_the_review_waits_and_the_newest_goes_after_it(channel: Channel) -> None:
    sku = channel.sound()
    outcome = await channel.send(sku)
    for _ in range(6):
        assert isinstance(outcome, Pending), outcome
        channel.clock.now += outcome.check_in
        outcome = await channel.say(MG.follow(Link(outcome.listing), channel.rules))
    assert isinstance(outcome, Pending)
    assert outcome.problem.code == "under_review"
    renamed = replace(sku, name="Nome novo")
    outcome = await channel.send(renamed, Link(outcome.listing))
    assert isinstance(outcome, Pending)
    assert problems(outcome) == ["STATE_CONFLICT"]
    assert outcome.check_in == 900
    outcome = await channel.settled(outcome)
    assert isinstance(outcome, Rejected)
    assert problems(outcome) == ["STATE_CONFLICT status"]  # passing: the flows send again by themselves
    newest = replace(sku, name="Nome mais novo")
    outcome = await channel.settled(await channel.send(newest, Link(outcome.listing)))
    assert isinstance(outcome, Accepted)
    kept = channel.market.shelf.get(sku.id)
    assert kept is not None
    assert kept.body["title"] == "Nome mais novo"


@staged()
async def test_a_create_whose_answer_was_lost_makes_one_sku(channel: Channel) -> None:
    sku = channel.sound()
    channel.market.switchboard.arm(Fault(kind=FaultKind.LOST, method="POST", path=f"{BASE}/skus", count=1))
    outcome = await channel.send(sku)
    assert isinstance(outcome, Postponed)
    assert outcome.unknown
    channel.clock.now += 5
    outcome = await channel.settled(await channel.send(sku, Link(uncertain_seconds=5)))
    assert isinstance(outcome, Accepted)
    posts = [one for one in channel.asked() if one.startswith("POST /skus")]
    assert posts == ["POST /skus None"]


@staged()
async def test_a_sku_that_is_there_already_is_replaced_and_its_price_changed(channel: Channel) -> None:
    sku = channel.sound()
    await channel.published(sku)
    channel.record.passed.clear()
    outcome = await channel.settled(await channel.send(replace(sku, name="De novo", price=Decimal("77.70"))))
    assert isinstance(outcome, Accepted), outcome
    writes = [one for one in channel.asked() if not one.startswith("GET")]
    assert writes[:2] == ["POST /skus 409", "PUT /skus/{sku} 202"]
    assert "POST /prices/{sku} 409" in writes
    assert "PATCH /prices/{sku} 202" in writes


@staged()
async def test_paused_and_back_on_sale_again(channel: Channel) -> None:
    sku = channel.sound()
    listing = await channel.published(sku)
    outcome = await channel.say(MG.withdraw(Link(listing), channel.rules))
    assert isinstance(outcome, Accepted)
    assert outcome.follow_in == 60
    channel.clock.now += 60
    outcome = await channel.say(MG.follow(Link(outcome.listing), channel.rules))
    assert isinstance(outcome, Accepted)
    assert outcome.listing is not None
    assert outcome.listing.state == "UNPUBLISHED"
    assert outcome.warnings == ()
    channel.record.passed.clear()
    outcome = await channel.settled(await channel.send(sku, Link(outcome.listing)))
    assert isinstance(outcome, Accepted)
    assert outcome.listing is not None
    assert outcome.listing.state == "PUBLISHED"
    assert [one for one in channel.asked() if not one.startswith("GET")] == ["PATCH /skus/{sku} 202"]


@staged()
async def test_ended_leaves_the_sku_inactive_and_says_so(channel: Channel) -> None:
    listing = await channel.published(channel.sound())
    outcome = await channel.say(MG.end(Link(listing), channel.rules))
    assert isinstance(outcome, Accepted)
    assert outcome.listing is None
    assert [one.code for one in outcome.warnings] == ["only_inactive"]
    channel.clock.now += 5
    assert await channel.say(MG.find(listing.id, channel.rules)) == (Listing(listing.id, state="UNPUBLISHED"),)


@staged()
async def test_what_the_marketplace_takes_down_is_found_later(channel: Channel) -> None:
    listing = await channel.published(channel.sound())
    for status, expected in (("BLOCKED", "POLICY_MODERATION status"), ("DELETED", "LISTING_CLOSED status")):
        await channel.call("POST", f"/_sandbox/skus/{listing.id}", {"status": status})
        outcome = await channel.say(MG.follow(Link(listing), channel.rules))
        assert isinstance(outcome, Rejected)
        assert problems(outcome) == [expected]


@staged(failing=("",))
async def test_a_failure_of_the_marketplace_in_the_trace_is_sent_again(channel: Channel) -> None:
    sku = channel.sound()
    outcome = await channel.settled(await channel.send(sku))
    assert isinstance(outcome, Rejected)
    assert problems(outcome) == ["MARKETPLACE_OUTAGE"]
    assert outcome.problems[0].kind.retry.value == "A"
    outcome = await channel.settled(await channel.send(sku, Link(outcome.listing)))
    assert isinstance(outcome, Accepted)


@staged(trace_in_put=False)
async def test_without_traces_in_the_other_answers_the_sku_itself_is_asked(channel: Channel) -> None:
    sku = channel.sound()
    listing = await channel.published(sku)
    outcome = await channel.settled(await channel.send(replace(sku, name="Outro", stock=3), Link(listing)))
    assert isinstance(outcome, Accepted)


async def _refused(channel: Channel) -> None:
    """Everything that a body can be refused for, sent past the checks."""
    sku = channel.sound()
    await channel.offer_of(sku)
    offer = MG.map(sku, channel.rules)
    body = {**offer.payload["sku"], "title": "t" * 200, "dimensions": [], "images": [], "category": {"id": "NADA"}}
    spoilt = replace(offer, payload={**offer.payload, "sku": body})
    outcome = await channel.say(MG.send(spoilt, Link(), channel.rules))
    assert isinstance(outcome, Rejected)
    assert sorted(problems(outcome)) == [
        "CATEGORY_MAPPING category",
        "DIMENSIONS_INVALID dimensions",
        "IMAGE_MISSING images",
        "TITLE_INVALID title",
    ]


@staged(envelope=Envelope.ERRORS)
async def test_a_refusal_is_read_in_the_envelope_of_errors(channel: Channel) -> None:
    await _refused(channel)


@staged(envelope=Envelope.DETAIL)
async def test_a_refusal_is_read_in_the_envelope_of_fastapi(channel: Channel) -> None:
    await _refused(channel)


@staged(envelope=Envelope.SENTENCES)
async def test_a_refusal_is_read_in_sentences(channel: Channel) -> None:
    await _refused(channel)


@staged(requests_per_second=1.0, burst=1)
async def test_a_throttled_request_waits_as_long_as_is_asked_or_as_long_as_we_think(channel: Channel) -> None:
    outcomes = [await channel.say(MG.probe(channel.rules)) for _ in range(3)]
    assert isinstance(outcomes[0], Accepted)
    waits = [one.retry_in for one in outcomes[1:] if isinstance(one, Postponed)]
    assert waits[0] == 1
    assert [problems(one) for one in outcomes[1:]] == [["THROTTLED"], ["THROTTLED"]]


@staged()
async def test_tokens_rotate_and_a_used_one_cuts_the_account_off(channel: Channel) -> None:
    used = dict(channel.secrets)
    await channel.call("POST", "/_sandbox/expire")
    outcome = await channel.say(MG.probe(channel.rules))
    assert problems(outcome) == ["AUTH_EXPIRED"]
    assert isinstance(await channel.refresh(), Tokens)
    assert isinstance(await channel.say(MG.probe(channel.rules)), Accepted)
    channel.secrets["refresh_token"] = used["refresh_token"]
    channel.party.line.secrets = channel.secrets
    assert problems(await channel.say(MG.refresh(channel.rules))) == ["AUTH_INVALID"]
    assert channel.market.tokens.spent == 1


@staged()
async def test_a_wrong_client_secret_stops_the_channel(channel: Channel) -> None:
    channel.party.line.secrets = {**channel.secrets, "client_secret": "wrong"}
    outcome = await channel.say(MG.refresh(channel.rules))
    assert isinstance(outcome, Blocked)
    assert problems(outcome) == ["AUTH_CLIENT"]


@staged()
async def test_a_first_connection_brings_tokens(channel: Channel) -> None:
    page = MG.authorize_url(channel.rules, redirect_uri="https://ponte.example/retorno", state="abc")
    assert page.startswith("https://id.magalu.com/login?")
    assert "choose_tenants=true" in page
    answer = await channel.call("GET", page.removeprefix("https://id.magalu.com"))
    assert answer.status == 302
    code = answer.headers["Location"].partition("code=")[2].partition("&")[0]
    assert "state=abc" in answer.headers["Location"]
    tokens = await channel.say(
        MG.exchange(channel.rules, code, redirect_uri="https://ponte.example/retorno", code_verifier="v")
    )
    assert isinstance(tokens, Tokens)
    assert tokens.secrets.keys() == {"access_token", "refresh_token"}
    assert tokens.settings == {"user_id": "lojamodelo"}


@staged()
async def test_categories_are_suggested_and_read_as_sheets(channel: Channel) -> None:
    found = await channel.say(MG.suggest("Caixa de som Bluetooth Sabiá S10 Preta", channel.rules))
    assert [(one.category, one.name, one.path) for one in found] == [("CAIX", "Caixas de som", ("Áudio",))]
    fact = await channel.say(MG.learn("category/CAIX", channel.rules))
    sheet = MG.sheet("CAIX", fact)
    assert sheet is not None
    assert sheet.name == "Caixas de som"
    assert [one.name for one in sheet.fields if one.need == "required"][:1] == ["Marca"]
    colour = next(one for one in sheet.fields if one.name == "Cor")
    assert colour.variation
    assert ("Preto", "Preto") in colour.values
    assert await channel.say(MG.learn("category/NADA", channel.rules)) is None
