"""One's own account: password, second factors, sessions."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.utils import timezone

from cast import PASSWORD, person, proved
from ponte.db.models import Audit, User
from ponte.flows.people import credentials
from ponte.web.account.sessions import IDLE_SECONDS, MOST_SECONDS

NEW = "outra-frase-bem-longa-42"


def code_of(secret, *, steps=0):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def quiet_moment():
    """Wait until a code has some seconds left, so that it does not end between two requests of a test."""
    left = 30 - time.time() % 30
    if left < 5:
        time.sleep(left)


@pytest.fixture
def secret(cast):
    """Ana has an app for codes, with this seed."""
    quiet_moment()
    seed = generate_totp_secret()
    TOTP.activate(cast.ana, seed)
    return seed


def sign_in(client=None, name="ana", password=PASSWORD, **more):
    client = client or Client()
    return client, client.post("/entrar", {"username": name, "password": password, **more})


def test_with_a_second_factor_the_password_alone_opens_nothing(cast, secret):
    client, answer = sign_in()
    assert answer["Location"] == "/entrar/codigo"
    assert client.get("/produtos").status_code == 302
    answer = client.post("/entrar/codigo", {"code": code_of(secret)})
    assert answer["Location"] == "/produtos"
    assert client.get("/produtos").status_code == 200


def test_f39_a_code_works_once_and_a_clock_that_is_off_is_told_about(cast, secret):
    """F39"""
    client, _ = sign_in()
    code = code_of(secret)
    assert client.post("/entrar/codigo", {"code": code}).status_code == 302
    again, _ = sign_in()
    assert "não" in again.post("/entrar/codigo", {"code": code}).text
    assert again.get("/produtos").status_code == 302
    late, _ = sign_in()
    answer = late.post("/entrar/codigo", {"code": code_of(secret, steps=-1)})
    assert answer.status_code == 200
    assert "confira a hora do celular" in answer.text


def test_f39_a_recovery_code_stands_in_for_a_lost_phone_once(cast, secret, as_):
    """F39"""
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    codes = RecoveryCodes.activate(cast.ana).get_unused_codes()
    client, _ = sign_in()
    assert client.post("/entrar/codigo", {"code": codes[0]}).status_code == 302
    again, _ = sign_in()
    assert again.post("/entrar/codigo", {"code": codes[0]}).status_code == 200
    assert again.post("/entrar/codigo", {"code": codes[1]}).status_code == 302


def test_codes_cannot_be_guessed_without_end(cast, secret):
    client, _ = sign_in()
    for _ in range(5):
        assert client.post("/entrar/codigo", {"code": "000000"}).status_code == 200
    assert client.post("/entrar/codigo", {"code": code_of(secret)}).status_code == 200, "five tries, then a wait"
    assert "Foram muitas tentativas" in client.post("/entrar/codigo", {"code": code_of(secret)}).text


def test_seeds_and_codes_are_not_readable_in_the_database(cast, secret):
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    codes = RecoveryCodes.activate(cast.ana).get_unused_codes()
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert not any(code in kept for code in codes)


def test_an_app_for_codes_is_turned_on_and_the_other_sessions_end(cast, django_capture_on_commit_callbacks):
    quiet_moment()
    here, _ = sign_in()
    there, _ = sign_in()
    shown = here.get("/conta/seguranca/aplicativo")
    seed = shown.context["form"].secret
    assert seed in shown.text
    assert here.post("/conta/seguranca/aplicativo", {"code": "12"}).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        answer = here.post("/conta/seguranca/aplicativo", {"code": code_of(seed)}, follow=True)
    assert "Códigos de recuperação" in answer.text
    assert here.get("/conta/seguranca").status_code == 200
    assert there.get("/conta/seguranca").status_code == 302
    assert Audit.objects.filter(verb="second factor added", actor=cast.ana).count() == 1


def test_turning_the_second_factor_off_asks_for_the_password_again_after_a_while(cast, secret, as_):
    client = as_(cast.ana)
    proved(client, seconds_ago=16 * 60)
    answer = client.post("/conta/seguranca/aplicativo/desligar")
    assert answer["Location"].startswith("/conta/confirmar?next=")
    assert Authenticator.objects.exists()
    client.post(answer["Location"], {"password": PASSWORD})
    client.post("/conta/seguranca/aplicativo/desligar")
    assert not Authenticator.objects.exists()


def test_who_must_have_a_second_factor_gets_no_further_without_one(cast, as_, settings):
    settings.REQUIRE_MFA = "admin"
    assert as_(cast.ana).get("/produtos")["Location"] == "/conta/seguranca"
    assert "exige um segundo fator" in as_(cast.ana).get("/conta/seguranca").text
    assert as_(cast.bruno).get("/produtos").status_code == 200
    TOTP.activate(cast.ana, generate_totp_secret())
    client = as_(cast.ana)
    assert client.get("/produtos").status_code == 200
    assert (
        "cannot" in client.post("/conta/seguranca/aplicativo/desligar").text.lower() or Authenticator.objects.exists()
    )


def test_a_changed_password_ends_the_other_sessions(cast):
    here, _ = sign_in()
    there, _ = sign_in()
    answer = here.post("/conta/senha", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert answer["Location"] == "/conta/seguranca"
    assert here.get("/conta").status_code == 200
    assert there.get("/conta").status_code == 302
    assert sign_in(password=PASSWORD)[1].status_code == 200
    assert sign_in(password=NEW)[1].status_code == 302


@pytest.mark.parametrize(
    "password", ["x" * 65, "uma frase com espaços e acentuação", " 😀🐘 trombas e emojis" * 2, "a1-" * 42]
)
def test_f38_long_passwords_with_any_characters_are_good(cast, as_, password):
    """F38"""
    client = as_(cast.ana)
    client.post("/conta/senha", {"oldpassword": PASSWORD, "password1": password, "password2": password})
    assert sign_in(password=password)[1].status_code == 302


@pytest.mark.parametrize(
    "password", ["curta-8x", "nul-\x00-nul-nul-nul", "x7-" * 44, "correiocorreio" * 7_000, "123456789012"]
)
def test_f38_passwords_that_cannot_be_are_refused(cast, as_, password):
    """F38"""
    answer = as_(cast.ana).post(
        "/conta/senha", {"oldpassword": PASSWORD, "password1": password, "password2": password}
    )
    assert answer.status_code == 200
    assert sign_in()[1].status_code == 302


def test_f38_a_megabyte_of_password_is_turned_away_at_the_door(client, cast):
    """F38"""
    assert client.post("/entrar", {"username": "ana", "password": "x" * 1_100_000}).status_code == 400


def test_f37_many_addresses_against_one_name_are_slowed_and_the_key_still_opens(cast, settings):
    """F37"""
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "password_tries": "12/900s/key"}
    for number in range(12):
        Client(REMOTE_ADDR=f"203.0.113.{number}").post("/entrar", {"username": "ana", "password": "errada"})
    answer = Client(REMOTE_ADDR="198.51.100.7").post("/entrar", {"username": "ana", "password": PASSWORD})
    assert "chave de acesso" in answer.text
    assert answer.status_code == 200
    other = Client(REMOTE_ADDR="198.51.100.7").post("/entrar", {"username": "bruno", "password": PASSWORD})
    assert other.status_code == 302
    options = Client(REMOTE_ADDR="198.51.100.7").get("/entrar/chave", headers={"Accept": "application/json"})
    assert "challenge" in options.json()["request_options"]["publicKey"], "passkeys are not counted with passwords"


def test_t23_a_forged_address_does_not_open_a_locked_door(cast):
    """T23: what a request says of where it comes from counts for nothing."""
    client = Client()
    for number in range(11):
        forged = {"X-Forwarded-For": f"198.51.100.{number}", "X-Real-Ip": f"198.51.100.{number}"}
        answer = client.post("/entrar", {"username": "ana", "password": "errada"}, headers=forged)
    assert answer.status_code == 429


def test_t23_what_a_trusted_proxy_says_counts_and_what_was_said_before_it_does_not(cast, settings):
    """T23"""
    settings.TRUSTED_PROXIES = 1
    client = Client()
    for number in range(10):
        said = {"X-Forwarded-For": f"198.51.100.{number}, 203.0.113.9"}
        answer = client.post("/entrar", {"username": "ana", "password": "errada"}, headers=said)
    assert answer.status_code == 429
    elsewhere = {"X-Forwarded-For": "203.0.113.9, 192.0.2.44"}
    answer = client.post("/entrar", {"username": "ana", "password": PASSWORD}, headers=elsewhere)
    assert answer.status_code == 302
    assert UserSession.objects.get().ip == "192.0.2.44"


def test_a_session_ends_after_two_hours_without_a_person(cast, as_):
    client = as_(cast.ana)
    assert client.get("/produtos").status_code == 200
    age(client, seen=IDLE_SECONDS - 60)
    assert client.get("/produtos").status_code == 200
    age(client, seen=IDLE_SECONDS + 1)
    assert client.get("/produtos").status_code == 302


def test_an_open_list_does_not_keep_a_session_alive(cast, as_):
    client = as_(cast.ana)
    client.get("/produtos")
    age(client, seen=IDLE_SECONDS - 60)
    client.get("/produtos/linhas", headers={"X-Ponte-Live": "1"})
    assert time.time() - client.session["seen"] > IDLE_SECONDS - 90
    client.get("/produtos")
    assert time.time() - client.session["seen"] < 60


def test_a_session_ends_after_twelve_hours_whatever_one_does(cast, as_):
    client = as_(cast.ana)
    client.get("/produtos")
    age(client, since=MOST_SECONDS + 1)
    assert client.get("/produtos").status_code == 302


def age(client, **seconds):
    session = client.session
    for key, value in seconds.items():
        session[key] = time.time() - value
    session.save()


def test_sessions_are_listed_and_ended(cast):
    here, _ = sign_in(Client(headers={"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/150.0 Safari/537.36"}))
    there, _ = sign_in(Client(headers={"User-Agent": "Mozilla/5.0 (Android 15) Firefox/140.0"}))
    text = here.get("/conta/sessoes").text
    assert "Chrome, Windows" in text
    assert "Firefox, Android" in text
    other = UserSession.objects.exclude(session_key=here.session.session_key).get()
    here.post("/conta/sessoes", {"session": other.pk})
    assert there.get("/conta").status_code == 302
    assert here.get("/conta").status_code == 200
    sign_in(), sign_in()
    assert UserSession.objects.filter(user=cast.ana).count() == 3
    here.post("/conta/sessoes", {"session": "others"})
    assert UserSession.objects.filter(user=cast.ana).count() == 1


def test_a_session_of_somebody_else_does_not_exist(cast):
    ana, _ = sign_in()
    sign_in(name="bruno")
    foreign = UserSession.objects.get(user=cast.bruno)
    assert ana.post("/conta/sessoes", {"session": foreign.pk}).status_code == 404
    assert Session.objects.filter(pk=foreign.session_key).exists()


def test_the_key_of_a_session_changes_at_sign_in(cast):
    client = Client()
    client.post("/idioma", {"language": "en"})
    client.get("/entrar/chave", headers={"Accept": "application/json"})
    before = client.session.session_key
    sign_in(client)
    assert client.session.session_key != before


def test_somebody_who_was_shut_out_is_nobody_at_the_next_request(cast):
    client, _ = sign_in(name="bruno")
    assert client.get("/produtos").status_code == 200
    credentials.disable(cast.bruno.pk, actor_id=cast.ana.pk)
    assert client.get("/produtos")["Location"].startswith("/entrar")
    assert sign_in(name="bruno")[1].status_code == 200


def test_a_link_for_a_new_password_works_once_and_the_second_factor_stays(cast, secret):
    signed, _ = sign_in()
    signed.post("/entrar/codigo", {"code": code_of(secret)})
    cast.ana.refresh_from_db()
    path = credentials.password_link(cast.ana, actor_id=None).removeprefix("http://127.0.0.1:8000")
    client = Client()
    form = client.get(path, follow=True)
    assert "Nova senha" in form.text
    where = form.redirect_chain[-1][0]
    assert client.post(where, {"password1": NEW, "password2": NEW})["Location"] == "/entrar?senha=nova"
    assert client.get("/conta").status_code == 302, "a new password signs nobody in"
    assert signed.get("/conta").status_code == 302, "the sessions of before are over"
    assert "não vale mais" in Client().get(path, follow=True).text
    assert sign_in(password=NEW)[1]["Location"] == "/entrar/codigo"


def test_a_link_for_a_new_password_is_too_old_after_a_day(cast, settings):
    path = credentials.password_link(cast.ana, actor_id=None).removeprefix("http://127.0.0.1:8000")
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert "não vale mais" in Client().get(path, follow=True).text


def test_without_a_mail_server_the_page_says_whom_to_ask(client, cast):
    assert "quem administra a loja" in client.get("/entrar/esqueci").text


def test_with_a_mail_server_the_link_is_mailed_and_unknown_addresses_are_answered_alike(client, cast, settings):
    settings.HAS_EMAIL = True
    User.objects.filter(pk=cast.ana.pk).update(email="ana@loja.test")
    known = client.post("/entrar/esqueci", {"email": "ana@loja.test"}, headers={"Host": "127.0.0.1"})
    unknown = client.post("/entrar/esqueci", {"email": "ninguem@loja.test"})
    assert known["Location"] == unknown["Location"] == "/entrar/esqueci/enviado"
    (message,) = mail.outbox
    assert message.to == ["ana@loja.test"]
    assert "http://127.0.0.1:8000/entrar/nova-senha/" in message.body
    assert "<" not in message.body


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/signup/",
        "/signup",
        "/accounts/login/",
        "/entrar/cadastro",
        "/conta/email",
        "/accounts/",
        "/accounts/3rdparty/",
    ],
)
def test_nothing_of_the_library_is_open_but_our_paths(client, db, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/conta",
        "/conta/senha",
        "/conta/seguranca",
        "/conta/sessoes",
        "/conta/seguranca/aplicativo",
        "/conta/seguranca/codigos",
    ],
)
def test_ones_account_is_for_who_is_signed_in_and_in_no_cache(client, cast, as_, path):
    assert client.get(path)["Location"].startswith("/entrar")
    answer = as_(cast.ana).get(path)
    assert "no-store" in answer.headers.get("Cache-Control", "") or answer.status_code == 404


def test_somebody_without_a_store_can_still_change_their_password(as_, db):
    client = as_(person("novo", None))
    assert client.get("/conta/senha").status_code == 200
    assert client.get("/conta/seguranca").status_code == 200


def test_f13_a_form_of_an_old_page_says_so_and_leads_back(cast):
    """F13"""
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/conta", {"name": "x"}, headers={"Referer": "http://testserver/conta"})
    assert answer.status_code == 403
    assert "Esta página ficou antiga" in answer.text
    assert 'href="http://testserver/conta"' in answer.text


def test_f13_what_was_filled_in_is_kept_and_sent_again_by_a_button(cast):
    """F13"""
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.ana, backend="django.contrib.auth.backends.ModelBackend")
    form = {"name": "Ana <Maria>", "email": cast.ana.email, "csrfmiddlewaretoken": "x" * 64}
    text = client.post("/conta", form, headers={"Origin": "http://testserver"}).text
    assert 'name="name" value="Ana &lt;Maria&gt;"' in text
    token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', text)[-1]
    again = client.post("/conta", {**form, "csrfmiddlewaretoken": token}, headers={"Origin": "http://testserver"})
    assert again.status_code == 302
    cast.ana.refresh_from_db()
    assert cast.ana.first_name == "Ana"


@pytest.mark.parametrize("origin", ["https://evil.example", ""])
def test_f13_a_form_of_another_site_is_not_kept(cast, origin):
    """F13: nobody here filled it in."""
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/conta", {"name": "Mallory"}, headers={"Origin": origin} if origin else {})
    assert answer.status_code == 403
    assert "Mallory" not in answer.text


def test_f13_no_secret_is_written_into_a_page(cast):
    """F13"""
    client = Client(enforce_csrf_checks=True)
    form = {"username": "ana", "password": PASSWORD}
    assert PASSWORD not in client.post("/entrar", form, headers={"Origin": "http://testserver"}).text


def test_ones_name_is_changed(cast, as_):
    as_(cast.ana).post("/conta", {"name": "Ana Maria Souza", "email": "nada"})
    cast.ana.refresh_from_db()
    assert (cast.ana.get_full_name(), cast.ana.email) == ("Ana Maria Souza", "")


def test_ones_address_changes_only_with_a_young_proof_and_it_is_written_down(cast, as_):
    """Links for a new password go there: a session left open must not be enough to take the account over."""
    User.objects.filter(pk=cast.ana.pk).update(email="ana@loja.test")
    client = as_(cast.ana)
    proved(client, seconds_ago=16 * 60)
    headers = {"Referer": "http://testserver/conta"}
    answer = client.post("/conta", {"name": "Ana", "email": "mallory@evil.test"}, headers=headers)
    assert answer["Location"] == "/conta/confirmar?next=%2Fconta"
    assert client.post("/conta", {"name": "Ana M", "email": "ana@loja.test"})["Location"] == "/conta"
    cast.ana.refresh_from_db()
    assert (cast.ana.first_name, cast.ana.email) == ("Ana", "ana@loja.test")
    assert not Audit.objects.filter(verb="address changed").exists()
    proved(client)
    client.post("/conta", {"name": "Ana", "email": "nova@loja.test"})
    cast.ana.refresh_from_db()
    assert cast.ana.email == "nova@loja.test"
    assert "nova@" not in str(Audit.objects.get(verb="address changed").detail)


def test_old_sessions_of_a_person_are_not_listed(cast):
    client, _ = sign_in()
    Session.objects.update(expire_date=timezone.now() - timedelta(days=1))
    assert client.get("/conta").status_code == 302
