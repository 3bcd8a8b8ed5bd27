# SPDX-License-Identifier: Apache-2.0
"""A server on the official Python SDK, 1.x or 2.x, that asks its client: sdk_asking_server.py TRANSPORT [PORT]"""

import sys
import warnings
from typing import Annotated

import anyio
from pydantic import BaseModel

try:  # 2.x
    from mcp.server.mcpserver import Context, Elicit, ListRoots, MCPServer, Resolve, Sample
    from mcp.server.mcpserver.exceptions import ToolError
    from mcp.server.mcpserver.resolve import ElicitationResult

    line = 2
except ImportError:  # 1.x
    from mcp.server.fastmcp import Context, FastMCP as MCPServer
    from mcp.server.fastmcp.exceptions import ToolError

    line = 1
from mcp.server.streamable_http import EventMessage, EventStore
from mcp.types import CreateMessageResult, ListRootsResult, SamplingMessage, TextContent

warnings.simplefilter("ignore")
transport = sys.argv[1]
port = int(sys.argv[2]) if len(sys.argv) > 2 else 0


class Log(EventStore):
    """Every event of every stream, in memory."""

    def __init__(self):
        self.events = []

    async def store_event(self, stream_id, message):
        self.events.append((stream_id, message))
        return str(len(self.events))

    async def replay_events_after(self, last_event_id, send_callback):
        number = int(last_event_id)
        stream = self.events[number - 1][0]
        for index, (stream_id, message) in enumerate(self.events[number:], number + 1):
            if stream_id == stream and message is not None:
                await send_callback(EventMessage(message, str(index)))
        return stream


resumable = {"event_store": Log(), "retry_interval": 50}
if line == 1:
    server = MCPServer("asking", host="127.0.0.1", port=port, log_level="WARNING", **resumable)
else:
    server = MCPServer("asking", version="2.0", log_level="WARNING")


class Name(BaseModel):
    name: str
    age: int = 30


QUESTION = [SamplingMessage(role="user", content=TextContent(type="text", text="What is the capital of France?"))]

if line == 1:

    @server.tool()
    async def ask_name(ctx: Context) -> str:
        """Asks the user by a form."""
        answer = await ctx.elicit("What is your name?", Name)
        return f"{answer.action} {answer.data.name} {answer.data.age}" if answer.action == "accept" else answer.action

    @server.tool()
    async def ask_model(ctx: Context) -> str:
        """Asks the model."""
        answer = await ctx.session.create_message(QUESTION, max_tokens=10, related_request_id=ctx.request_id)
        return answer.content.text

    @server.tool()
    async def ask_roots(ctx: Context) -> str:
        """Asks for the roots."""
        return " ".join(str(root.uri) for root in (await ctx.session.list_roots()).roots)

else:

    async def name() -> Elicit[Name]:
        return Elicit("What is your name?", Name)

    async def model() -> Sample:
        return Sample(QUESTION, max_tokens=10)

    async def roots() -> ListRoots:
        return ListRoots()

    @server.tool()
    async def ask_name(answer: Annotated[ElicitationResult[Name], Resolve(name)]) -> str:
        """Asks the user by a form."""
        return f"{answer.action} {answer.data.name} {answer.data.age}" if answer.action == "accept" else answer.action

    @server.tool()
    async def ask_model(answer: Annotated[CreateMessageResult, Resolve(model)]) -> str:
        """Asks the model."""
        return answer.content.text

    @server.tool()
    async def ask_roots(answer: Annotated[ListRootsResult, Resolve(roots)]) -> str:
        """Asks for the roots."""
        return " ".join(str(root.uri) for root in answer.roots)

    @server.tool()
    async def ask_everything(
        who: Annotated[ElicitationResult[Name], Resolve(name)],
        what: Annotated[CreateMessageResult, Resolve(model)],
        where: Annotated[ListRootsResult, Resolve(roots)],
    ) -> str:
        """Asks for everything at once."""
        return f"{who.data.name} {what.content.text} {len(where.roots)}"


@server.tool()
async def break_off(ctx: Context, times: int = 1) -> str:
    """Ends the stream of its own call, as often as told, and goes on."""
    for number in range(times):
        await ctx.report_progress(number, times)
        await ctx.close_sse_stream()
        await anyio.sleep(0.2)
    return f"broke off {times} times"


@server.tool()
async def give_up() -> str:
    """Always fails."""
    raise ToolError("given up")


if line == 2 and transport != "stdio":
    server.run(transport, host="127.0.0.1", port=port, **(resumable if transport == "streamable-http" else {}))
else:
    server.run(transport)
