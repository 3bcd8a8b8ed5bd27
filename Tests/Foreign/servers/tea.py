# SPDX-License-Identifier: Apache-2.0
"""A server on FastMCP: tea.py TRANSPORT [PORT]. What becomes of its longest tool it writes to the file TEA_LOG."""

import asyncio
import base64
import os
import sys
import warnings
from dataclasses import dataclass
from typing import Annotated, Literal

warnings.simplefilter("ignore")

from fastmcp import Context, FastMCP
from fastmcp.utilities.types import Image
from pydantic import Field

mcp = FastMCP("Shop", instructions="Sells tea.", version="3")


@mcp.tool
def price(kind: Literal["green", "black"], grams: Annotated[int, Field(ge=1, le=1000)] = 100, discount: float | None = None) -> dict:
    """Says what tea costs."""
    return {"kind": kind, "euro": grams * 0.05 * (1 - (discount or 0))}


@mcp.tool(annotations={"destructiveHint": True, "readOnlyHint": False})
def empty(shelf: str) -> str:
    """Throws everything away."""
    return f"{shelf} is empty"


@mcp.tool
async def brew(minutes: float, ctx: Context) -> str:
    """Brews, telling how far it is."""
    try:
        for step in range(10):
            await ctx.report_progress(step + 1, 10, "brewing")
            await asyncio.sleep(minutes * 6)
    except asyncio.CancelledError:
        with open(os.environ["TEA_LOG"], "a") as file:
            file.write("cancelled\n")
        raise
    return "tea"


@dataclass
class Wish:
    name: str
    cups: int


@mcp.tool
async def order(ctx: Context) -> str:
    """Asks what you want."""
    answer = await ctx.elicit("What will it be?", Wish)
    return f"{answer.action}: {getattr(answer, 'data', None)}"


@mcp.tool
def label() -> Image:
    """A picture."""
    pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
    return Image(data=base64.b64decode(pixel), format="png")


@mcp.resource("tea://kinds")
def kinds() -> str:
    """What there is."""
    return "green, black\n"


@mcp.resource("tea://leaf/{kind}")
def leaf(kind: str) -> str:
    """One leaf."""
    return f"a leaf of {kind}\n"


@mcp.prompt
def recommend(mood: str, when: str = "morning") -> str:
    """Recommends tea."""
    return f"Recommend tea for {mood} in the {when}."


transport = sys.argv[1]
where = {} if transport == "stdio" else {"host": "127.0.0.1", "port": int(sys.argv[2])}
mcp.run(transport=transport, show_banner=False, log_level="ERROR", **where)
