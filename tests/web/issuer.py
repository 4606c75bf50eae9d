"""A company's sign-in as a real HTTP server, that can be told to answer wrongly."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa


@cache
def key(_name: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Issuer:
    """Answers what a sign-in asks of its issuer; `claims` and `signing` are what it does wrong."""

    def __init__(self) -> None:
        self.key = key("ours")
        self.subject, self.email = "ana-4711", "ana@loja.test"
        self.nonce = ""
        self.claims: dict[str, object] = {}
        self.signing = "RS256"
        self.answers = True
        self.challenge = ""
        self.asked: list[str] = []
        issuer = self

        class Door(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.asked.append(self.path)
                self._send(issuer.document() if "openid" in self.path else issuer.keys())

            def do_POST(self) -> None:
                body = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
                issuer.asked.append(self.path)
                self._send(issuer.token(body))

            def _send(self, value: object) -> None:
                body = json.dumps(value).encode()
                self.send_response(200 if issuer.answers else 503)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def document(self) -> dict[str, object]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def keys(self) -> dict[str, object]:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**public, "kid": "1", "use": "sig", "alg": "RS256"}]}

    def token(self, body: dict[str, str]) -> dict[str, object]:
        digest = hashlib.sha256(body.get("code_verifier", "").encode()).digest()
        made = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if made != self.challenge or body.get("client_secret") != "segredo":
            return {"error": "invalid_grant"}
        return {"access_token": "a", "token_type": "Bearer", "id_token": self.signed()}

    def signed(self) -> str:
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": "ponte",
            "sub": self.subject,
            "email": self.email,
            "email_verified": True,
            "nonce": self.nonce,
            "iat": now,
            "exp": now + 300,
            **self.claims,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        match self.signing:
            case "none":
                return jwt.encode(claims, None, algorithm="none", headers={"kid": "1"})
            case "HS256":
                return jwt.encode(claims, "segredo" * 8, algorithm="HS256", headers={"kid": "1"})
            case "stolen":
                return jwt.encode(claims, key("stolen"), algorithm="RS256", headers={"kid": "1"})
            case _:
                return jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": "1"})

    def authorized(self, address: str) -> dict[str, str]:
        """Take the question as the company's page would, and return what it sends back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["client_id"] == "ponte"
        assert asked["code_challenge_method"] == "S256"
        self.nonce, self.challenge = asked["nonce"], asked["code_challenge"]
        return {"state": asked["state"], "code": "c0de"}
