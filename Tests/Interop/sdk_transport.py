# SPDX-License-Identifier: Apache-2.0
"""The transports of the SDK, for either line."""

import contextlib

import anyio
from mcp import StdioServerParameters, stdio_client
from mcp.client.sse import sse_client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client


def transport(target):
    """The SDK's client transport for `("stdio", command)`, `("sse", url)` or `("http", url)`, the last perhaps with headers
    and an `httpx.Auth`."""
    kind, where, *credentials = target
    if credentials:
        return with_credentials(where, *credentials)
    if kind == "stdio":
        return ended_quietly(stdio_client(StdioServerParameters(command=where[0], args=where[1:])))
    return sse_client(where) if kind == "sse" else streamable_http_client(where)


@contextlib.asynccontextmanager
async def with_credentials(url, headers, auth=None):
    """A transport over HTTP that says who it is."""
    async with create_mcp_http_client(headers, auth=auth) as http:
        async with streamable_http_client(url, http_client=http) as streams:
            yield streams


@contextlib.asynccontextmanager
async def ended_quietly(transport):
    """A transport that may be left while a notification arrives, which the SDK's 1.x line takes for a broken stream."""
    is_left = False
    try:
        async with transport as streams:
            yield streams
            is_left = True
    except BaseExceptionGroup as errors:
        if not is_left or errors.split(anyio.BrokenResourceError)[1] is not None:
            raise
