"""Everything that can come back instead of a good answer."""

from __future__ import annotations

from ponte.domain.message import Answer, Failure, NoAnswer, Response

JSON_TYPE = {"content-type": "application/json"}
HTML_TYPE = {"content-type": "text/html"}
HTML = b"<html><head><title>Error</title></head><body><h1>Error</h1><script>alert(1)</script></body></html>"

LOST: dict[str, NoAnswer] = {
    "refused": NoAnswer(Failure.REFUSED, sent=False, detail="connection refused"),
    "no such name": NoAnswer(Failure.NAME, sent=False),
    "forbidden address": NoAnswer(Failure.FORBIDDEN_ADDRESS, sent=False),
    "tls": NoAnswer(Failure.TLS, sent=False, detail="certificate has expired"),
    "fenced": NoAnswer(Failure.FENCED, sent=False),
    "redirect": NoAnswer(Failure.REDIRECT, sent=True, detail="308"),
    "too large": NoAnswer(Failure.TOO_LARGE, sent=True),
    "timeout": NoAnswer(Failure.TIMEOUT, sent=True),
    "timeout before sending": NoAnswer(Failure.TIMEOUT, sent=False),
    "reset after sending": NoAnswer(Failure.RESET, sent=True),
    "reset before sending": NoAnswer(Failure.RESET, sent=False),
    "window": NoAnswer(Failure.WINDOW, sent=False, detail="90"),
}
WINDOW = LOST["window"]
WINDOW_SECONDS = 90.0

THROTTLED: dict[str, Response] = {
    "429": Response(429, JSON_TYPE, b'{"message":"slow down","status":429}'),
    "429 retry in 120": Response(429, {**JSON_TYPE, "retry-after": "120"}, b'{"message":"slow down"}'),
    "429 retry in garbage": Response(429, {"retry-after": "1e3"}, b""),
    "429 html": Response(429, {**HTML_TYPE, "retry-after": "-5"}, HTML),
}

OUTAGES: dict[str, Response] = {
    "500": Response(500, JSON_TYPE, b'{"message":"internal error","status":500}'),
    "500 empty": Response(500),
    "502 html": Response(502, HTML_TYPE, HTML),
    "503": Response(503, {"retry-after": "30"}, b"maintenance"),
    "504": Response(504, HTML_TYPE, HTML),
}

REFUSALS: dict[str, Response] = {
    "400 empty": Response(400),
    "400 html": Response(400, HTML_TYPE, HTML),
    "400 wrong types": Response(400, JSON_TYPE, b'{"message":[1],"error":{"a":1},"status":"x","cause":{"b":[null]}}'),
    "400 list": Response(400, JSON_TYPE, b'[1,"two",{"code":3,"message":null},[[]]]'),
    "400 many": Response(
        400, JSON_TYPE, b'{"cause":[' + b",".join([b'{"code":"x.y","message":"z"}'] * 3_000) + b"]}"
    ),
    "401": Response(401, JSON_TYPE, b'{"message":"unauthorized"}'),
    "401 empty": Response(401),
    "403": Response(403, JSON_TYPE, b'{"message":"forbidden","status":403}'),
    "403 html": Response(403, HTML_TYPE, HTML),
    "404": Response(404, JSON_TYPE, b'{"message":"not found"}'),
    "409": Response(409, JSON_TYPE, b'{"message":"conflict"}'),
    "410": Response(410),
    "413": Response(413, HTML_TYPE, HTML),
    "418": Response(418, {}, b"teapot"),
    "422": Response(422, JSON_TYPE, b'{"errors":[{"message":"no"}]}'),
    "451": Response(451),
    "301": Response(301, {"location": "https://elsewhere.example/"}, b""),
    "status 0": Response(0),
    "status 999": Response(999, {}, b"?"),
}

# A success without any proof of it.
EMPTY_SUCCESSES: dict[str, Response] = {
    "200 empty": Response(200),
    "201 empty": Response(201),
    "204": Response(204),
    "200 html": Response(200, HTML_TYPE, HTML),
    "200 cut": Response(200, JSON_TYPE, b'{"id":"1'),
    "200 null": Response(200, JSON_TYPE, b"null"),
    "200 list": Response(200, JSON_TYPE, b"[]"),
    "200 number": Response(200, JSON_TYPE, b"1"),
    "200 NaN": Response(200, JSON_TYPE, b'{"id":NaN}'),
    "200 object": Response(200, JSON_TYPE, b"{}"),
    "200 wrong types": Response(200, JSON_TYPE, b'{"id":["x"],"status":{"a":1},"attributes":5,"results":{"a":[]}}'),
    "200 error": Response(200, JSON_TYPE, b'{"errors":[{"code":"x","message":"no"}]}'),
    "200 deep": Response(200, JSON_TYPE, b"[" * 50_000),
    "200 bytes": Response(200, {"content-type": "image/png"}, bytes(range(256)) * 40),
    "200 huge": Response(200, JSON_TYPE, b'{"x":"' + b"a" * 1_000_000 + b'"}'),
    "200 digits": Response(200, JSON_TYPE, b'{"id":' + b"9" * 5_000 + b"}"),
}

# A body that cannot be what was asked for: a search that gets one has found nothing out.
ILLEGIBLE = ("200 empty", "200 html", "200 cut", "200 NaN", "200 bytes", "200 deep", "200 number")

RESPONSES: dict[str, Response] = {**THROTTLED, **OUTAGES, **REFUSALS, **EMPTY_SUCCESSES}
EVERY: dict[str, Answer] = {**LOST, **RESPONSES}
