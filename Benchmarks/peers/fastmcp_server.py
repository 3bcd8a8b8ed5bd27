# SPDX-License-Identifier: Apache-2.0
"""The calculator on FastMCP: fastmcp_server.py PORT"""

import sys

from fastmcp import FastMCP

server = FastMCP("calculator")


@server.tool(output_schema=None)
async def calculator(a: float, b: float) -> str:
    """Adds two numbers."""
    return f"{a + b:g}"


server.run("http", show_banner=False, host="127.0.0.1", port=int(sys.argv[1]), path="/mcp", json_response=True,
           log_level="error", uvicorn_config={"access_log": False})
