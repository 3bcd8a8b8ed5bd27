# SPDX-License-Identifier: Apache-2.0
"""Tasks of 2025-11-25 between us and the SDK's 1.x line, both ways: sdk_tasks.py FOLDER (of EverythingServer and mcpctl)

The 2.x line has none, and no line has the Tasks extension of 2026-07-28.
"""

import asyncio
import contextlib
import json
import pathlib
import subprocess
import sys
import tempfile
import warnings

from harness import Report, equal, expect, free_port, listening
from mcp import ClientSession, types
from mcp.shared.exceptions import McpError
from sdk_transport import transport

warnings.simplefilter("ignore")  # its tasks are deprecated: the next revision has others
SERVER = str(pathlib.Path(__file__).parent / "servers" / "sdk_task_server.py")


class Owner:
    """A connected client, what it was told unasked, and its tasks."""

    def __init__(self):
        self.statuses = asyncio.Queue()

    async def hear(self, message):
        root = getattr(message, "root", message)
        if isinstance(root, types.TaskStatusNotification):
            await self.statuses.put(root.params)

    async def answer(self, context, params):
        self.asked = params
        return types.ElicitResult(action="accept", content={"confirm": True, "name": "Ada"})

    async def begin(self, name, **arguments):
        created = await self.tasks.call_tool_as_task(name, arguments, ttl=60000)
        equal((created.task.status, created.task.ttl), ("working", 60000), "task")
        return created.task.taskId

    async def result(self, task):
        return await asyncio.wait_for(self.tasks.get_task_result(task, types.CallToolResult), 15)


@contextlib.asynccontextmanager
async def connected(target):
    owner = Owner()
    async with transport(target) as streams:
        async with ClientSession(
            streams[0], streams[1], message_handler=owner.hear, elicitation_callback=owner.answer
        ) as session:
            hello = await session.initialize()
            owner.session, owner.tasks, owner.capabilities = session, session.experimental, hello.capabilities
            yield owner


async def the_capability_and_the_support_of_tools_are_read(owner):
    expect(owner.capabilities.tasks.requests.tools.call is not None, owner.capabilities)
    tools = {tool.name: tool for tool in (await owner.session.list_tools()).tools}
    equal(tools["slow_compute"].execution.taskSupport, "optional", "support")
    equal(tools["failing_job"].execution.taskSupport, "required", "support")
    equal(tools["greet"].execution, None, "support")


async def a_task_is_polled_until_its_result_is_there(owner):
    task = await owner.begin("slow_compute", seconds=0.2, label="it")
    seen = [status.status async for status in owner.tasks.poll_task(task)]
    equal((seen[0], seen[-1]), ("working", "completed"), "statuses")
    result = await owner.result(task)
    equal(result.content[0].text, "Computed it in 0.2 seconds", "text")
    equal(result.meta["io.modelcontextprotocol/related-task"], {"taskId": task}, "related task")


async def a_question_comes_with_the_result_that_is_waited_for(owner):
    task = await owner.begin("confirm_delete", filename="a.txt")
    result = await owner.result(task)
    equal(result.content[0].text, "Deleted a.txt", "text")
    equal(owner.asked.meta.model_dump()["io.modelcontextprotocol/related-task"], {"taskId": task}, "related task")


async def two_questions_at_once_are_answered(owner):
    result = await owner.result(await owner.begin("multi_input"))
    equal(result.content[0].text, "Ada is sure", "text")


async def a_tool_that_fails_is_a_task_that_failed(owner):
    task = await owner.begin("failing_job")
    equal((await owner.result(task)).isError, True, "isError")
    equal((await owner.tasks.get_task(task)).status, "failed", "status")


async def an_error_of_the_protocol_is_the_result(owner):
    try:
        await owner.result(await owner.begin("protocol_error_job"))
        raise AssertionError("no error")
    except McpError as error:
        equal(error.error.message, "The job broke", "message")


async def a_task_is_cancelled_and_listed(owner):
    task = await owner.begin("slow_compute", seconds=600)
    equal((await owner.tasks.cancel_task(task)).status, "cancelled", "status")
    listed = {each.taskId: each.status for each in (await owner.tasks.list_tasks()).tasks}
    equal(listed[task], "cancelled", "status in the list")


async def its_owner_is_told_how_a_task_is(owner):
    task = await owner.begin("slow_compute", seconds=0.2)
    while True:
        status = await asyncio.wait_for(owner.statuses.get(), 15)
        if (status.taskId, status.status) == (task, "completed"):
            return


CLIENT = [
    the_capability_and_the_support_of_tools_are_read, a_task_is_polled_until_its_result_is_there,
    a_question_comes_with_the_result_that_is_waited_for, two_questions_at_once_are_answered,
    a_tool_that_fails_is_a_task_that_failed, an_error_of_the_protocol_is_the_result, a_task_is_cancelled_and_listed,
    its_owner_is_told_how_a_task_is,
]


def ours(mcpctl, *words):
    """What `mcpctl call --task` prints against the SDK's server."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as answers:
        json.dump({"elicitation": {"content": {"name": "Ada"}}}, answers)
        answers.flush()
        command = [mcpctl, "call", *words, "--task", "--answer", answers.name, "--", sys.executable, SERVER]
        done = subprocess.run(command, capture_output=True, text=True, timeout=25)
    expect(done.returncode == 0, f"exit {done.returncode}: {done.stderr}")
    return done.stdout.strip()


def our_client_waits_for_a_task(mcpctl):
    equal(ours(mcpctl, "work"), "worked", "output")


def our_client_answers_what_a_task_asks(mcpctl):
    equal(ours(mcpctl, "ask"), "Hello, Ada", "output")


def on_a_connection(fact, target):
    async def run():
        async with connected(target) as owner:
            await fact(owner)

    run.__name__ = fact.__name__
    return run


def main():
    folder = pathlib.Path(sys.argv[1])
    everything = str(folder / "EverythingServer")
    report = Report("SDK 1.x and tasks")
    port = free_port()
    with listening([everything, "--port", str(port)], port):
        for name, target in (("stdio", ("stdio", [everything])), ("http-stream", ("http", f"http://127.0.0.1:{port}/mcp"))):
            for fact in CLIENT:
                report.run(f"as client, {name}", on_a_connection(fact, target))
    for fact in (our_client_waits_for_a_task, our_client_answers_what_a_task_asks):
        report.run("as server", fact, str(folder / "mcpctl"))
    sys.exit(report.finish())


if __name__ == "__main__":
    main()
