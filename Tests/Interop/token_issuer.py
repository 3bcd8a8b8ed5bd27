# SPDX-License-Identifier: Apache-2.0
"""An authorization server small enough to read: metadata, keys, registration, and one user who always agrees. Tokens are
minted by PyJWT, with keys of `cryptography`."""

import base64
import hashlib
import http.server
import json
import threading
import time
import urllib.parse

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

MAKERS = {
    "RS256": lambda: rsa.generate_private_key(65537, 2048),
    "PS384": lambda: rsa.generate_private_key(65537, 3072),
    "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "ES384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate,
}


class Issuer:
    """Serves in a thread of its own until `close`."""

    def __init__(self):
        self.keys = {algorithm: (algorithm.lower(), make()) for algorithm, make in MAKERS.items()}
        self.fetches = 0
        self.asked = {}
        self.codes = {}
        issuer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                issuer.get(self)

            def do_POST(self):
                issuer.post(self)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def jwks(self):
        keys = []
        for algorithm, (kid, key) in self.keys.items():
            jwk = jwt.get_algorithm_by_name(algorithm).to_jwk(key.public_key(), as_dict=True)
            keys.append({**jwk, "kid": kid, "use": "sig", "alg": algorithm})
        return {"keys": keys}

    def rotate(self, algorithm):
        self.keys[algorithm] = (algorithm.lower() + "-next", MAKERS[algorithm]())

    def token(self, audience, algorithm="ES256", key=None, header=None, **changes):
        """A token that is good for five minutes; a change of None leaves a claim out."""
        kid, own = self.keys.get(algorithm, ("none", None))
        now = int(time.time())
        claims = {"iss": self.url, "sub": "ada", "aud": audience, "iat": now, "exp": now + 300, "scope": "mcp:use"}
        claims = {name: value for name, value in {**claims, **changes}.items() if value is not None}
        return jwt.encode(claims, key if key is not None else own, algorithm=algorithm,
                          headers={"kid": kid, **(header or {})})

    def get(self, request):
        parts = urllib.parse.urlsplit(request.path)
        query = dict(urllib.parse.parse_qsl(parts.query))
        if parts.path == "/.well-known/oauth-authorization-server":
            return reply(request, 200, {
                "issuer": self.url, "jwks_uri": f"{self.url}/jwks", "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token", "registration_endpoint": f"{self.url}/register",
                "response_types_supported": ["code"], "grant_types_supported": ["authorization_code"],
                "code_challenge_methods_supported": ["S256"], "token_endpoint_auth_methods_supported": ["none"],
            })
        if parts.path == "/jwks":
            self.fetches += 1
            return reply(request, 200, self.jwks())
        if parts.path == "/authorize":
            self.asked = query
            code = base64.urlsafe_b64encode(hashlib.sha256(request.path.encode()).digest()).decode()
            self.codes[code] = query
            answer = urllib.parse.urlencode({"code": code, "state": query["state"]})
            return reply(request, 302, {}, {"Location": f"{query['redirect_uri']}?{answer}"})
        reply(request, 404, {})

    def post(self, request):
        body = request.rfile.read(int(request.headers["Content-Length"] or 0)).decode()
        if request.path == "/register":
            return reply(request, 201, {**json.loads(body), "client_id": "client-1"})
        form = dict(urllib.parse.parse_qsl(body))
        asked = self.codes.pop(form.get("code"), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if request.path != "/token" or asked is None or asked["code_challenge"] != challenge:
            return reply(request, 400, {"error": "invalid_grant"})
        scope = asked.get("scope", "mcp:use")
        token = self.token(form["resource"], scope=scope)
        reply(request, 200, {"access_token": token, "token_type": "Bearer", "expires_in": 300, "scope": scope})


def reply(request, status, document, headers=None):
    body = json.dumps(document).encode()
    request.send_response(status)
    for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
        request.send_header(name, value)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)
