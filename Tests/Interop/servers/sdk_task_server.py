# SPDX-License-Identifier: Apache-2.0
"""A server of the SDK's 1.x line whose tools are called as tasks, over standard input and output."""

import anyio
from mcp import types
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

server = Server("tasks")
server.experimental.enable_tasks()
REQUIRED = types.ToolExecution(taskSupport="required")
FORM = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}


@server.list_tools()
async def list_tools():
    schema = {"type": "object", "properties": {}}
    return [types.Tool(name=name, inputSchema=schema, execution=REQUIRED) for name in ("work", "ask")]


def text(said):
    return types.CallToolResult(content=[types.TextContent(type="text", text=said)])


@server.call_tool()
async def call_tool(name, arguments):
    async def work(task):
        await task.update_status("working hard")
        await anyio.sleep(0.2)
        return text("worked")

    async def ask(task):
        answer = await task.elicit(message="Name?", requestedSchema=FORM)
        return text(f"Hello, {answer.content['name']}")

    return await server.request_context.experimental.run_task(work if name == "work" else ask)


async def main():
    async with stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())


anyio.run(main)
