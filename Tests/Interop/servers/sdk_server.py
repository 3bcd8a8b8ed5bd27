# SPDX-License-Identifier: Apache-2.0
"""A server on the official Python SDK, 1.x or 2.x, for our client to use: sdk_server.py TRANSPORT [PORT]"""

import base64
import sys
import warnings

import anyio
from pydantic import BaseModel

try:  # 2.x
    from mcp.server.mcpserver import Context, Image, MCPServer
    from mcp.server.mcpserver.exceptions import ToolError

    line = 2
except ImportError:  # 1.x
    from mcp.server.fastmcp import Context, FastMCP as MCPServer, Image
    from mcp.server.fastmcp.exceptions import ToolError

    line = 1
from mcp.types import Completion

warnings.simplefilter("ignore")  # 2.x deprecates logging, which legacy clients still want to see
transport = sys.argv[1]
port = int(sys.argv[2]) if len(sys.argv) > 2 else 0
instructions = "Ask nicely."
if line == 1:
    server = MCPServer("sdk", instructions=instructions, host="127.0.0.1", port=port, log_level="WARNING")
else:
    server = MCPServer("sdk", instructions=instructions, version="2.0", log_level="WARNING")

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


class Forecast(BaseModel):
    city: str
    degrees: float


@server.tool()
async def add(a: int, b: int) -> int:
    """Adds two integers."""
    return a + b


@server.tool()
async def add_numbers(a: int, b: int) -> int:
    """Adds two integers, under the name conformance tests look for."""
    return a + b


@server.tool()
async def echo(message: str) -> str:
    """Says it again."""
    return message


@server.tool()
async def fail(reason: str = "it was asked to") -> str:
    """Always fails."""
    raise ToolError(reason)


@server.tool()
async def forecast(city: str, days: int = 1) -> Forecast:
    """A made-up forecast, as structured content."""
    return Forecast(city=city, degrees=20.5 + days)


@server.tool()
async def join(words: list[str], upper: bool = False) -> str:
    """Joins words with blanks."""
    text = " ".join(words)
    return text.upper() if upper else text


@server.tool()
async def picture() -> Image:
    """One pixel."""
    return Image(data=PIXEL, format="png")


@server.tool()
async def count(to: int, pause: float, ctx: Context) -> str:
    """Counts with progress and a log line for each step."""
    for step in range(1, to + 1):
        await ctx.report_progress(step, to, f"step {step}")
        await ctx.info(f"counted {step}")
        await anyio.sleep(pause)
    return f"counted to {to}"


@server.resource("memo://greeting", mime_type="text/plain")
def greeting() -> str:
    """A greeting."""
    return "hello from the SDK"


@server.resource("memo://pixel", mime_type="image/png")
def pixel() -> bytes:
    """One pixel."""
    return PIXEL


@server.resource("memo://greeting/{name}")
def greeting_for(name: str) -> str:
    """A greeting for someone."""
    return f"hello {name}"


@server.prompt()
def review(code: str, language: str = "Swift") -> str:
    """Asks for a code review."""
    return f"Review this {language} code: {code}"


@server.completion()
async def complete(ref, argument, context):
    """Offers languages for the prompt's argument `language`."""
    if argument.name != "language":
        return None
    known = [name for name in ("Swift", "Scala", "Python") if name.startswith(argument.value)]
    return Completion(values=known, total=len(known), hasMore=False) if line == 1 else Completion(
        values=known, total=len(known), has_more=False
    )


if line == 2 and transport != "stdio":
    server.run(transport, host="127.0.0.1", port=port)
else:
    server.run(transport)
