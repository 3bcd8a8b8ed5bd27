# SPDX-License-Identifier: Apache-2.0
"""A server on the official Python SDK, 1.x or 2.x, that wants authorization and is its own authorization server:
sdk_auth_server.py PORT [LIFETIME [SCOPE…]]

Whoever asks is let in at once. Access tokens live LIFETIME seconds, and refresh tokens can be used once. GET /log tells
which grants were used; POST /forget?what=access or all revokes what was handed out."""

import secrets
import sys
import time
import warnings

from mcp.server.auth.provider import (
    AccessToken, AuthorizationCode, OAuthAuthorizationServerProvider, RefreshToken, TokenError, construct_redirect_uri,
)
from mcp.server.auth.settings import AuthSettings, ClientRegistrationOptions, RevocationOptions
from mcp.shared.auth import OAuthToken
from starlette.responses import JSONResponse

try:  # 2.x
    from mcp.server.mcpserver import MCPServer

    line = 2
except ImportError:  # 1.x
    from mcp.server.fastmcp import FastMCP as MCPServer

    line = 1

warnings.simplefilter("ignore")
port = int(sys.argv[1])
lifetime = int(sys.argv[2]) if len(sys.argv) > 2 else 3600
required = sys.argv[3:] or ["user"]


class Provider(OAuthAuthorizationServerProvider):
    def __init__(self):
        self.clients, self.codes, self.access, self.refresh, self.log = {}, {}, {}, {}, []

    async def get_client(self, client_id):
        return self.clients.get(client_id)

    async def register_client(self, client_info):
        self.log.append(f"register {client_info.client_name} {client_info.token_endpoint_auth_method}")
        self.clients[client_info.client_id] = client_info

    async def authorize(self, client, params):
        if params.scopes and "never" in params.scopes:
            return construct_redirect_uri(str(params.redirect_uri), error="access_denied", state=params.state)
        scopes = params.scopes or ["user"]
        self.log.append(f"authorize {' '.join(scopes)} for {params.resource}")
        code = AuthorizationCode(
            code=secrets.token_urlsafe(32), scopes=scopes, expires_at=time.time() + 60,
            client_id=client.client_id, code_challenge=params.code_challenge, redirect_uri=params.redirect_uri,
            redirect_uri_provided_explicitly=params.redirect_uri_provided_explicitly, resource=params.resource,
        )
        self.codes[code.code] = code
        return construct_redirect_uri(str(params.redirect_uri), code=code.code, state=params.state)

    async def load_authorization_code(self, client, authorization_code):
        return self.codes.get(authorization_code)

    async def exchange_authorization_code(self, client, authorization_code):
        if self.codes.pop(authorization_code.code, None) is None:
            raise TokenError("invalid_grant", "used before")
        self.log.append("code")
        return self.hand_out(client, authorization_code.scopes, authorization_code.resource)

    async def load_refresh_token(self, client, refresh_token):
        return self.refresh.get(refresh_token)

    async def exchange_refresh_token(self, client, refresh_token, scopes):
        if self.refresh.pop(refresh_token.token, None) is None:
            raise TokenError("invalid_grant", "used before")
        self.log.append("refresh")
        return self.hand_out(client, scopes, None)

    async def load_access_token(self, token):
        found = self.access.get(token)
        return found if found and (found.expires_at or 0) > time.time() else None

    async def revoke_token(self, token):
        self.log.append("revoke")
        self.access.pop(token.token, None)
        self.refresh.pop(token.token, None)

    def hand_out(self, client, scopes, resource):
        access, refresh = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        self.access[access] = AccessToken(
            token=access, client_id=client.client_id, scopes=scopes, expires_at=int(time.time()) + lifetime,
            resource=resource,
        )
        self.refresh[refresh] = RefreshToken(token=refresh, client_id=client.client_id, scopes=scopes)
        return OAuthToken(
            access_token=access, token_type="Bearer", expires_in=lifetime, scope=" ".join(scopes), refresh_token=refresh
        )


provider = Provider()
base = f"http://127.0.0.1:{port}"
settings = AuthSettings(
    issuer_url=base, resource_server_url=f"{base}/mcp", required_scopes=required,
    client_registration_options=ClientRegistrationOptions(
        enabled=True, valid_scopes=["user", "admin", "never"], default_scopes=["user"]
    ),
    revocation_options=RevocationOptions(enabled=True),
)
common = dict(auth_server_provider=provider, auth=settings, log_level="WARNING")
server = MCPServer("guarded", host="127.0.0.1", port=port, **common) if line == 1 else MCPServer("guarded", **common)


@server.tool()
async def add(a: int, b: int) -> int:
    """Adds two integers."""
    return a + b


@server.custom_route("/log", methods=["GET"])
async def log(request):
    return JSONResponse(provider.log)


@server.custom_route("/forget", methods=["POST"])
async def forget(request):
    provider.access.clear()
    if request.query_params["what"] == "all":
        provider.refresh.clear()
    return JSONResponse({})


if line == 2:
    server.run("streamable-http", host="127.0.0.1", port=port)
else:
    server.run("streamable-http")
