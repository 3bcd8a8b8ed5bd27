# SPDX-License-Identifier: Apache-2.0
"""The official Python SDK as a client, 1.x and 2.x alike: results are plain dictionaries in the wire's own spelling."""

import contextlib
import datetime
import warnings

from mcp import ClientSession, types
from sdk_transport import transport

try:  # 2.x
    from mcp import Client, MCPError

    LINE = 2
except ImportError:  # 1.x
    from mcp.shared.exceptions import McpError as MCPError

    LINE = 1

warnings.simplefilter("ignore")  # 2.x deprecates what legacy servers still offer


class Refused(Exception):
    """An error answer, as the server sent it."""

    def __init__(self, error):
        super().__init__(f"{error.code}: {error.message}")
        self.code, self.message, self.data = error.code, error.message, error.data


def plain(model):
    return model.model_dump(by_alias=True, mode="json", exclude_none=True)


class Peer:
    """One connection to a server."""

    def __init__(self, session, hello, version):
        self.session, self.hello, self.version = session, hello, version
        self.logs = []
        self.caller = session
        self.modern = version >= "2026"

    async def ask(self, call):
        try:
            return plain(await call)
        except MCPError as error:
            raise Refused(error.error) from None

    async def page(self, what, cursor=None):
        """One page of `tools`, `resources`, `resource_templates` or `prompts`."""
        return await self.ask(getattr(self.session, f"list_{what}")(params=types.PaginatedRequestParams(cursor=cursor)))

    async def everything(self, what):
        """All pages of a list, and how many there were."""
        key = {"resource_templates": "resourceTemplates"}.get(what, what)
        found, cursor, pages = [], None, 0
        while True:
            page = await self.page(what, cursor)
            found += page[key]
            pages += 1
            cursor = page.get("nextCursor")
            if cursor is None:
                return found, pages

    async def call(self, name, arguments=None, progress=None, seconds=None):
        timeout = datetime.timedelta(seconds=seconds) if seconds and LINE == 1 else seconds
        return await self.ask(
            self.caller.call_tool(name, arguments, read_timeout_seconds=timeout, progress_callback=progress)
        )

    async def read(self, uri):
        return await self.ask(self.session.read_resource(uri))

    async def prompt(self, name, arguments=None):
        return await self.ask(self.caller.get_prompt(name, arguments))

    async def complete(self, kind, name, argument, value):
        if kind == "prompt":
            reference = types.PromptReference(type="ref/prompt", name=name)
        else:
            reference = types.ResourceTemplateReference(type="ref/resource", uri=name)
        answer = await self.ask(self.session.complete(ref=reference, argument={"name": argument, "value": value}))
        return answer["completion"]["values"]

    async def ping(self):
        return await self.ask(self.session.send_ping())

    async def set_level(self, level):
        return await self.ask(self.session.set_logging_level(level))


@contextlib.asynccontextmanager
async def connected(target, era="legacy", **callbacks):
    """A `Peer` for `("stdio", command)`, `("sse", url)` or `("http", url)`.

    `callbacks` answer what the server asks, under the SDK's names for them.
    `era` is `legacy` (the initialize handshake) or `modern` (the SDK probes with `server/discover`; 2.x only).
    """
    logs = []

    async def keep(message):
        logs.append(plain(message))

    if LINE == 2:
        mode, level = ("legacy", None) if era == "legacy" else ("auto", "debug")
        async with Client(transport(target), mode=mode, logging_callback=keep, log_level=level, cache=None,
                          **callbacks) as client:
            session = client.session
            hello = plain(session.discover_result or session.initialize_result)
            peer = Peer(session, hello, client.protocol_version)
            peer.caller = client  # which answers what a result asks for
            peer.name = client.server_info.name if client.server_info else None
            peer.logs = logs
            yield peer
    else:
        async with transport(target) as streams, ClientSession(streams[0], streams[1], logging_callback=keep,
                                                   **callbacks) as session:
            hello = plain(await session.initialize())
            peer = Peer(session, hello, hello["protocolVersion"])
            peer.name = hello["serverInfo"]["name"]
            peer.logs = logs
            yield peer
