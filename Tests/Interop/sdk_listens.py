# SPDX-License-Identifier: Apache-2.0
"""The SDK listens to EverythingServer, and loses its connection on the way: sdk_listens.py FOLDER"""

import asyncio
import contextlib
import pathlib
import sys

from harness import Report, equal, expect, free_port, listening
from mcp import ClientSession
from sdk_peer import LINE, plain
from sdk_transport import transport

if LINE == 2:
    from mcp import Client

WATCHED = "test://watched-resource"


class Listener:
    """A connected client and what it was told unasked."""

    def __init__(self):
        self.told = asyncio.Queue()

    async def hear(self, message):
        message = getattr(message, "root", message)
        if isinstance(message, Exception):
            return
        notification = plain(message)
        if "method" in notification:
            await self.told.put(notification)

    async def next(self):
        return await asyncio.wait_for(self.told.get(), 15)

    async def call(self, name, arguments=None):
        return "".join(block.text for block in (await self.session.call_tool(name, arguments)).content)


@contextlib.asynccontextmanager
async def connected(target, modern=False):
    listener = Listener()
    if LINE == 2:
        mode = "auto" if modern else "legacy"
        async with Client(transport(target), mode=mode, message_handler=listener.hear, cache=None) as client:
            listener.client, listener.session = client, client.session
            yield listener
    else:
        async with transport(target) as streams:
            async with ClientSession(streams[0], streams[1], message_handler=listener.hear) as session:
                await session.initialize()
                listener.session = session
                yield listener


class Line:
    """A TCP line to the server that can be cut."""

    def __init__(self, port):
        self.server_port = port
        self.writers = []

    async def __aenter__(self):
        self.listener = await asyncio.start_server(self.carry, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self.listener.sockets[0].getsockname()[1]}/mcp"
        return self

    async def __aexit__(self, *_):
        self.listener.close()
        self.cut()

    async def carry(self, reader, writer):
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.server_port)
        self.writers += [writer, far_writer]
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(self.copy(reader, far_writer), self.copy(far_reader, writer))

    async def copy(self, reader, writer):
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()

    def cut(self):
        """Breaks every connection there is, in the middle of whatever it carries."""
        for writer in self.writers:
            writer.transport.abort()
        self.writers = []


# Facts about the handshake era, over each transport.


async def a_subscribed_resource_is_announced(listener):
    await listener.session.subscribe_resource(WATCHED)
    await listener.call("test_trigger_resource_update")
    told = await listener.next()
    equal((told["method"], told["params"]["uri"]), ("notifications/resources/updated", WATCHED), "notification")


async def a_resource_is_announced_no_more_after_unsubscribing(listener):
    await listener.session.subscribe_resource(WATCHED)
    await listener.session.unsubscribe_resource(WATCHED)
    await listener.call("test_trigger_resource_update")
    await listener.call("test_trigger_tool_change")
    equal((await listener.next())["method"], "notifications/tools/list_changed", "notification")


async def changed_lists_are_announced(listener):
    for kind in ("tool", "prompt"):
        await listener.call(f"test_trigger_{kind}_change")
        while (await listener.next())["method"] != f"notifications/{kind}s/list_changed":
            pass


async def a_server_may_end_the_connection_and_answer_later(listener):
    equal(await listener.call("test_reconnection"), "Reconnection test completed", "text")


LEGACY = [
    a_subscribed_resource_is_announced,
    a_resource_is_announced_no_more_after_unsubscribing,
    changed_lists_are_announced,
    a_server_may_end_the_connection_and_answer_later,
]


# Facts about a line that breaks.


async def a_call_goes_on_after_its_connection_broke(line, listener):
    await listener.session.set_logging_level("info")
    call = asyncio.create_task(listener.call("test_tool_with_logging"))
    lines = [(await listener.next())["params"]["data"]]
    line.cut()
    equal(await asyncio.wait_for(call, 15), "Tool with logging executed successfully", "text")
    while len(lines) < 3:
        lines.append((await listener.next())["params"]["data"])
    equal(lines, ["Tool execution started", "Tool processing data", "Tool execution completed"], "log lines")
    expect(listener.told.empty(), "something was said twice")


async def what_was_said_while_the_line_was_down_is_heard(line, listener):
    await listener.session.subscribe_resource(WATCHED)
    await listener.call("test_trigger_resource_update")
    equal((await listener.next())["method"], "notifications/resources/updated", "before the cut")
    line.cut()
    # The calls come back before the listening connection does.
    await listener.call("test_trigger_resource_update")
    equal((await listener.next())["method"], "notifications/resources/updated", "after the cut")
    await listener.call("test_trigger_prompt_change")
    equal((await listener.next())["method"], "notifications/prompts/list_changed", "said once")


BROKEN = [a_call_goes_on_after_its_connection_broke, what_was_said_while_the_line_was_down_is_heard]


# Facts about revision 2026-07-28.


async def a_subscription_tells_what_was_asked_for(listener):
    async with listener.client.listen(tools_list_changed=True, resource_subscriptions=[WATCHED]) as subscription:
        expect(subscription.honored.tools_list_changed, "the list of tools is not honoured")
        equal(list(subscription.honored.resource_subscriptions), [WATCHED], "resources")
        await listener.call("test_trigger_prompt_change")
        await listener.call("test_trigger_resource_update")
        event = await asyncio.wait_for(anext(subscription), 10)
        equal(type(event).__name__, "ResourceUpdated", "event")
        await listener.call("test_trigger_tool_change")
        event = await asyncio.wait_for(anext(subscription), 10)
        equal(type(event).__name__, "ToolsListChanged", "event")


async def subscriptions_are_told_apart(listener):
    async with (
        listener.client.listen(tools_list_changed=True) as tools,
        listener.client.listen(prompts_list_changed=True) as prompts,
    ):
        await listener.call("test_trigger_prompt_change")
        await listener.call("test_trigger_tool_change")
        equal(type(await asyncio.wait_for(anext(prompts), 10)).__name__, "PromptsListChanged", "event")
        equal(type(await asyncio.wait_for(anext(tools), 10)).__name__, "ToolsListChanged", "event")


MODERN = [a_subscription_tells_what_was_asked_for, subscriptions_are_told_apart]


def on_a_connection(fact, target, modern=False):
    async def run():
        async with connected(target, modern) as listener:
            await fact(listener)

    run.__name__ = fact.__name__
    return run


def on_a_line(fact, port):
    async def run():
        async with Line(port) as line, connected(("http", line.url)) as listener:
            await fact(line, listener)

    run.__name__ = fact.__name__
    return run


def main():
    everything = str(pathlib.Path(sys.argv[1]) / "EverythingServer")
    report = Report(f"SDK {LINE}.x listens")
    port = free_port()
    with listening([everything, "--port", str(port)], port):
        url = f"http://127.0.0.1:{port}/mcp"
        for name, target in (("stdio", ("stdio", [everything])), ("http-stream", ("http", url))):
            for fact in LEGACY:
                report.run(f"{name}, legacy", on_a_connection(fact, target))
            for fact in MODERN if LINE == 2 else []:
                report.run(f"{name}, modern", on_a_connection(fact, target, modern=True))
        for fact in BROKEN:
            report.run("http-stream, legacy", on_a_line(fact, port))
    sys.exit(report.finish())


if __name__ == "__main__":
    main()
