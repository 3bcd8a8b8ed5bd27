# SPDX-License-Identifier: Apache-2.0
"""The calculator on the official Python SDK: python_sdk.py PORT"""

import sys

from mcp.server.mcpserver import MCPServer

server = MCPServer("calculator", log_level="ERROR")


@server.tool(structured_output=False)
async def calculator(a: float, b: float) -> str:
    """Adds two numbers."""
    return f"{a + b:g}"


server.run("streamable-http", host="127.0.0.1", port=int(sys.argv[1]), json_response=True)
