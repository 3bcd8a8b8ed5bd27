# SPDX-License-Identifier: Apache-2.0
"""The SDK as a client that has to say who it is, with tokens PyJWT mints: sdk_authorized.py MCPCTL"""

import base64
import hashlib
import hmac
import json
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from harness import Report, equal, expect, free_port, listening
from mcp.client.auth import OAuthClientProvider
from mcp.shared.auth import OAuthClientMetadata
from sdk_peer import LINE, connected
from token_issuer import MAKERS, Issuer

SCOPE = "mcp:use"


def text(result):
    return "".join(block.get("text", "") for block in result["content"])


def ask(url, token=None, method="tools/list", headers=None):
    """The status and headers of one modern request without the SDK."""
    meta = {"io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {}}
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": {"_meta": meta}}
    fields = {
        "Content-Type": "application/json", "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": "2026-07-28", "Mcp-Method": method, **(headers or {}),
    }
    if token is not None:
        fields["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(url, json.dumps(body).encode(), fields)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers


class Setting:
    """A server that takes the tokens of an issuer."""

    def __init__(self, issuer, url):
        self.issuer, self.url = issuer, url


# Facts about a server that is told of an issuer and finds the rest out by itself.


async def a_client_with_a_token_is_served(setting, era):
    for algorithm in MAKERS:
        headers = {"Authorization": f"Bearer {setting.issuer.token(setting.url, algorithm)}"}
        async with connected(("http", setting.url, headers), era) as peer:
            equal(text(await peer.call("calculator", {"a": 1, "b": 2})), "3", algorithm)
            tools, _ = await peer.everything("tools")
            expect(tools, "no tools")


async def a_client_without_one_is_not(setting, era):
    try:
        async with connected(("http", setting.url), era):
            raise AssertionError("served without a token")
    except AssertionError:
        raise
    except BaseException:  # what the SDK raises differs from line to line
        pass


async def a_client_that_starts_with_nothing_finds_its_way(setting, era):
    class Storage:
        tokens = client = None

        async def get_tokens(self):
            return self.tokens

        async def set_tokens(self, tokens):
            self.tokens = tokens

        async def get_client_info(self):
            return self.client

        async def set_client_info(self, client):
            self.client = client

    answer = {}

    async def open_browser(url):
        class Stay(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *_):
                return None

        try:
            urllib.request.build_opener(Stay).open(url, timeout=10)
        except urllib.error.HTTPError as redirect:
            with redirect:
                location = redirect.headers["Location"]
            answer.update(urllib.parse.parse_qsl(urllib.parse.urlsplit(location).query))

    async def wait_for_browser():
        if LINE == 1:
            return answer["code"], answer["state"]
        from mcp.shared.auth import AuthorizationCodeResult

        return AuthorizationCodeResult(code=answer["code"], state=answer["state"])

    metadata = OAuthClientMetadata(
        redirect_uris=["http://127.0.0.1:1/callback"], client_name="interop", token_endpoint_auth_method="none",
        grant_types=["authorization_code", "refresh_token"], response_types=["code"])
    storage = Storage()
    provider = OAuthClientProvider(
        setting.url, metadata, storage, redirect_handler=open_browser, callback_handler=wait_for_browser)
    async with connected(("http", setting.url, {}, provider), era) as peer:
        equal(text(await peer.call("calculator", {"a": 1, "b": 2})), "3", "text")
    equal(setting.issuer.asked["resource"], setting.url, "resource asked for")
    equal(setting.issuer.asked["scope"], SCOPE, "scope asked for")
    expect(storage.tokens, "no token was stored")


def forged_tokens_are_refused(setting):
    issuer, url = setting.issuer, setting.url
    now = int(time.time())
    pem = issuer.keys["RS256"][1].public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

    def shared_secret(token):
        head = b64(json.dumps({"alg": "HS256", "typ": "JWT", "kid": "rs256"}).encode())
        signed = f"{head}.{token.split('.')[1]}"
        return f"{signed}.{b64(hmac.new(pem, signed.encode(), hashlib.sha256).digest())}"

    good = issuer.token(url, "RS256")
    equal(ask(url, good)[0], 200, "the good token")
    head, payload, signature = good.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    tampered = b64(json.dumps({**claims, "sub": "root"}).encode())
    forged = {
        "alg none": issuer.token(url, "none", key=""), "HS256 with the public key": shared_secret(good),
        "tampered payload": f"{head}.{tampered}.{signature}", "no signature": f"{head}.{payload}.",
        "stranger's key": issuer.token(url, "RS256", key=rsa.generate_private_key(65537, 2048)),
        "wrong audience": issuer.token("https://other.example.com"), "audience of the host": issuer.token(url[:-4]),
        "no audience": issuer.token(None), "wrong issuer": issuer.token(url, iss="https://evil.example.com"),
        "expired": issuer.token(url, exp=now - 31), "not yet valid": issuer.token(url, nbf=now + 60),
        "no expiry": issuer.token(url, exp=None), "no subject": issuer.token(url, sub=None),
        "unknown kid": issuer.token(url, header={"kid": "nobody"}), "huge": issuer.token(url, pad="x" * 9000),
        "not for access": issuer.token(url, header={"typ": "logout+jwt"}), "not a token": "e30.e30.AAAA",
    }
    for name, token in forged.items():
        status, headers = ask(url, token)
        equal(status, 401, name)
        challenge = headers["WWW-Authenticate"]
        expect('error="invalid_token"' in challenge and "resource_metadata=" in challenge, f"{name}: {challenge}")
    status, headers = ask(url, issuer.token(url, scope="other"))
    equal(status, 403, "missing scope")
    expect('error="insufficient_scope"' in headers["WWW-Authenticate"], headers["WWW-Authenticate"])
    equal(ask(url, issuer.token(url, scope=None, scp=[SCOPE, "more"]))[0], 200, "scp")
    equal(ask(f"{url}?access_token={good}")[0], 401, "a token in the query")
    equal(ask(url, headers={"Authorization": "Bearer"})[0], 400, "no token")


def the_metadata_names_the_issuer(setting):
    base, path = setting.url[: -len("/mcp")], "/.well-known/oauth-protected-resource"
    for place in (path, path + "/mcp"):
        with urllib.request.urlopen(base + place, timeout=10) as answer:
            document = json.load(answer)
        equal(document["resource"], setting.url, "resource")
        equal(document["authorization_servers"], [setting.issuer.url], "authorization servers")
        equal(document["scopes_supported"], [SCOPE], "scopes")
    status, headers = ask(setting.url)
    equal(status, 401, "status")
    equal(headers["WWW-Authenticate"], f'Bearer scope="{SCOPE}", resource_metadata="{base}{path}/mcp"', "challenge")


def keys_are_rotated_without_a_restart(setting):
    issuer, before = setting.issuer, setting.issuer.fetches
    issuer.rotate("EdDSA")
    give_up = time.monotonic() + 25
    while ask(setting.url, issuer.token(setting.url, "EdDSA"))[0] != 200:
        expect(time.monotonic() < give_up, "the new key is not accepted")
        time.sleep(0.5)
    expect(issuer.fetches - before <= 2, f"the keys were fetched {issuer.fetches - before} times")


# Facts that start servers of their own.


def serving(mcpctl, *words):
    """A server with such words, and its URL."""
    port = free_port()
    command = [mcpctl, "serve", "--transport", "http-stream", "--port", str(port), *words]
    return listening(command, port), f"http://127.0.0.1:{port}/mcp"


def keys_may_be_named_or_given_in_a_file(mcpctl, issuer):
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(issuer.jwks(), file)
        file.flush()
        for keys in (f"{issuer.url}/jwks", file.name):
            server, url = serving(mcpctl, "--auth-issuer", issuer.url, "--auth-jwks", keys)
            with server:
                equal(ask(url, issuer.token(url))[0], 200, keys)
                equal(ask(url, issuer.token(url, key=MAKERS["ES256"]()))[0], 401, keys)


def the_metadata_of_another_issuer_is_not_believed(mcpctl, issuer):
    name = issuer.url + "/"  # its metadata says that it is another, by one character
    server, url = serving(mcpctl, "--auth-issuer", name)
    with server:
        status, headers = ask(url, issuer.token(url, iss=name))
        equal(status, 503, "status")
        expect(headers["Retry-After"], "no Retry-After")


def a_server_goes_by_the_name_it_was_given(mcpctl, issuer):
    name = "https://mcp.example.com/mcp"
    server, url = serving(mcpctl, "--auth-issuer", issuer.url, "--auth-audience", name)
    with server:
        equal(ask(url, issuer.token([name, "https://other.example.com"]))[0], 200, "its own name")
        status, headers = ask(url, issuer.token(url))
        equal(status, 401, "its address")
        expect("https://mcp.example.com/.well-known/oauth-protected-resource/mcp" in headers["WWW-Authenticate"],
               headers["WWW-Authenticate"])


def b64(octets):
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


def main():
    mcpctl = sys.argv[1]
    report = Report(f"sdk{LINE} authorized")
    issuer = Issuer()
    try:
        port = free_port()
        url = f"http://127.0.0.1:{port}/mcp"
        command = [mcpctl, "serve", "--transport", "http-stream", "--port", str(port), "--auth-issuer", issuer.url,
                   "--auth-scope", SCOPE]
        with listening(command, port):
            setting = Setting(issuer, url)
            for era in ("legacy", "modern") if LINE == 2 else ("legacy",):
                report.run(era, a_client_with_a_token_is_served, setting, era)
                report.run(era, a_client_without_one_is_not, setting, era)
                report.run(era, a_client_that_starts_with_nothing_finds_its_way, setting, era)
            report.run("http", forged_tokens_are_refused, setting)
            report.run("http", the_metadata_names_the_issuer, setting)
            report.run("http", keys_are_rotated_without_a_restart, setting)
        report.run("http", keys_may_be_named_or_given_in_a_file, mcpctl, issuer)
        report.run("http", the_metadata_of_another_issuer_is_not_believed, mcpctl, issuer)
        report.run("http", a_server_goes_by_the_name_it_was_given, mcpctl, issuer)
    finally:
        issuer.close()
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
