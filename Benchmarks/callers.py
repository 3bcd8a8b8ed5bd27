# SPDX-License-Identifier: Apache-2.0
"""Callers who have to say who they are: what a server is told to accept, and what they show."""

import base64
import hashlib
import json
import pathlib
import subprocess
import time

KEY = "mcpk_for-measuring-only"
ISSUER = "http://127.0.0.1:9/issuer"
AUDIENCE = "http://127.0.0.1:9/mcp"


class Caller:
    """Options for `mcpctl serve`, and the headers that go with each request."""

    def __init__(self, options=(), credentials=()):
        self.options, self.credentials = list(options), credentials


def with_key(folder):
    """A caller with an API key."""
    keys = pathlib.Path(folder) / "keys"
    keys.write_text(f"bench sha256:{hashlib.sha256(KEY.encode()).hexdigest()}\n")
    return Caller(["--auth-keys", str(keys)], (("Authorization", f"Bearer {KEY}"),))


def with_token(folder):
    """A caller with a JWT, whose issuer's keys are in a file."""
    folder = pathlib.Path(folder)
    private = folder / "private.pem"
    openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", private)
    modulus = openssl("rsa", "-in", private, "-noout", "-modulus").decode().strip().partition("=")[2]
    jwk = {"kty": "RSA", "kid": "bench", "use": "sig", "n": url64(bytes.fromhex(modulus)), "e": "AQAB"}
    keys = folder / "keys.json"
    keys.write_text(json.dumps({"keys": [jwk]}))
    head = {"alg": "RS256", "kid": "bench", "typ": "JWT"}
    claims = {"iss": ISSUER, "sub": "bench", "aud": AUDIENCE, "scope": "use", "exp": int(time.time()) + 86_400}
    signed = ".".join(url64(json.dumps(part).encode()) for part in (head, claims))
    signature = openssl("dgst", "-sha256", "-sign", private, given=signed.encode())
    options = ["--auth-issuer", ISSUER, "--auth-jwks", str(keys), "--auth-audience", AUDIENCE]
    return Caller(options, (("Authorization", f"Bearer {signed}.{url64(signature)}"),))


def openssl(*words, given=None):
    return subprocess.run(["openssl", *map(str, words)], input=given, capture_output=True, check=True).stdout


def url64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


# How a caller says who it is, by name.
CALLERS = {"": lambda folder: Caller(), "with an API key": with_key, "with a JWT": with_token}
