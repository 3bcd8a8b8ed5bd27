# SPDX-License-Identifier: Apache-2.0
"""The SDK drives our server, over each transport and era: sdk_against_ours.py MCPCTL"""

import asyncio
import sys

from harness import Report, Skip, equal, expect, free_port, listening
from sdk_peer import LINE, Refused, connected

LATEST_LEGACY = "2025-11-25"
MODERN = "2026-07-28"


def text(result):
    return "".join(block.get("text", "") for block in result["content"])


async def refusal(work):
    """The error a request was refused with."""
    try:
        answer = await work
    except Refused as error:
        return error
    raise AssertionError(f"expected a refusal, got {answer}")


# Facts about a connected peer. Each gets a fresh connection.


async def the_handshake_settles_revision_and_capabilities(peer):
    equal(peer.version, MODERN if peer.era == "modern" else LATEST_LEGACY, "revision")
    equal(peer.name, "mcpctl", "server name")
    for offer in ("tools", "resources", "prompts", "completions"):
        expect(offer in peer.hello["capabilities"], f"capability {offer} is not offered")


async def tools_are_listed_once_with_schemas(peer):
    tools, _ = await peer.everything("tools")
    names = [tool["name"] for tool in tools]
    equal(len(names), len(set(names)), "distinct names")
    for name in ("calculator", "echo", "weather", "sleep"):
        expect(name in names, f"{name} is not among {names}")
    for tool in tools:
        equal(tool["inputSchema"]["type"], "object", f"schema of {tool['name']}")
        expect(tool.get("description"), f"{tool['name']} has no description")


async def a_cursor_nobody_gave_out_is_refused(peer):
    error = await refusal(peer.page("tools", "no-such-cursor"))
    equal(error.code, -32602, "code")


async def the_calculator_adds_by_default(peer):
    result = await peer.call("calculator", {"a": 1, "b": 2})
    expect(not result.get("isError"), f"unexpected error {result}")
    equal(text(result), "3", "text")
    equal(result["structuredContent"], {"result": 3}, "structured content")


async def the_calculator_knows_four_operations(peer):
    for operation, wanted in (("add", 10), ("subtract", 6), ("multiply", 16), ("divide", 4)):
        result = await peer.call("calculator", {"operation": operation, "a": 8, "b": 2})
        equal(result["structuredContent"]["result"], wanted, operation)


async def dividing_by_zero_is_a_tool_error(peer):
    result = await peer.call("calculator", {"operation": "divide", "a": 1, "b": 0})
    expect(result["isError"], "no error")
    expect("division by zero" in text(result), text(result))


async def an_argument_of_the_wrong_type_is_named(peer):
    result = await peer.call("calculator", {"a": "x", "b": 2})
    expect(result["isError"], "no error")
    expect("a" in text(result) and "number" in text(result), text(result))


async def a_missing_argument_is_named(peer):
    result = await peer.call("calculator", {"a": 1})
    expect(result["isError"], "no error")
    expect("b" in text(result).replace("must be", ""), text(result))


async def an_unknown_tool_is_refused_by_name(peer):
    error = await refusal(peer.call("nosuch", {}))
    equal(error.code, -32602, "code")
    expect("nosuch" in error.message, error.message)


async def echo_keeps_every_character(peer):
    for message in ("hi", "", "æøå 漢字 🦉 \u202e", "line\nbreak\ttab \"quote\" \\ \x01 </script>", "x" * 300_000):
        result = await peer.call("echo", {"message": message})
        equal(result["structuredContent"]["echo"], message, "echo")


async def weather_defaults_to_celsius(peer):
    result = await peer.call("weather", {"location": "Oslo"})
    expect("celsius" in str(result).lower() or "°C" in str(result), str(result))


async def sleep_reports_rising_progress(peer):
    seen = []

    async def progress(done, total, message):
        seen.append(done)

    result = await peer.call("sleep", {"seconds": 0.5}, progress=progress)
    expect(not result.get("isError"), str(result))
    expect(seen, "no progress came")
    equal(seen, sorted(set(seen)), "progress rises")


async def a_call_given_up_leaves_the_connection_usable(peer):
    try:
        await peer.call("sleep", {"seconds": 20}, seconds=0.3)
    except (Refused, TimeoutError):
        pass
    else:
        raise AssertionError("the call came back")
    result = await peer.call("calculator", {"a": 2, "b": 2})
    equal(text(result), "4", "text")


async def a_cancelled_call_leaves_the_connection_usable(peer):
    call = asyncio.create_task(peer.call("sleep", {"seconds": 20}))
    await asyncio.sleep(0.2)
    call.cancel()
    await asyncio.gather(call, return_exceptions=True)
    result = await peer.call("calculator", {"a": 2, "b": 3})
    equal(text(result), "5", "text")


async def thirty_calls_at_once_get_their_own_answers(peer):
    async def one(number):
        if number % 3 == 0:
            await peer.call("sleep", {"seconds": 0.1})
        result = await peer.call("calculator", {"a": number, "b": 1000})
        equal(result["structuredContent"]["result"], number + 1000, f"call {number}")

    await asyncio.gather(*(one(number) for number in range(30)))


async def resources_are_listed_and_read(peer):
    resources, _ = await peer.everything("resources")
    expect(resources, "no resource is listed")
    for resource in resources:
        contents = (await peer.read(resource["uri"]))["contents"]
        expect(contents, f"{resource['uri']} is empty")
        equal(contents[0]["uri"], resource["uri"], "uri")
        expect("text" in contents[0] or "blob" in contents[0], f"{resource['uri']} has neither text nor blob")


async def an_unknown_resource_is_refused_by_uri(peer):
    error = await refusal(peer.read("nowhere://nothing"))
    equal(error.code, -32602 if peer.modern else -32002, "code")


async def a_template_is_listed_and_read(peer):
    templates, _ = await peer.everything("resource_templates")
    expect(templates, "no template is listed")
    template = templates[0]["uriTemplate"]
    start, _, rest = template.partition("{")
    contents = (await peer.read(f"{start}Oslo{rest.partition('}')[2]}"))["contents"]
    expect(contents and contents[0].get("text"), "nothing read")


async def prompts_are_listed_and_rendered(peer):
    prompts, _ = await peer.everything("prompts")
    expect(prompts, "no prompt is listed")
    for prompt in prompts:
        arguments = {argument["name"]: "value" for argument in prompt.get("arguments", [])}
        messages = (await peer.prompt(prompt["name"], arguments))["messages"]
        expect(messages, f"{prompt['name']} has no message")


async def an_unknown_prompt_is_refused(peer):
    equal((await refusal(peer.prompt("nosuch"))).code, -32602, "code")


async def a_prompt_without_a_required_argument_is_refused(peer):
    prompts, _ = await peer.everything("prompts")
    for prompt in prompts:
        if any(argument.get("required") for argument in prompt.get("arguments", [])):
            equal((await refusal(peer.prompt(prompt["name"], {}))).code, -32602, "code")
            return
    raise Skip("no prompt requires an argument")


async def completion_offers_values(peer):
    prompts, _ = await peer.everything("prompts")
    offered = []
    for prompt in prompts:
        for argument in prompt.get("arguments", []):
            offered += await peer.complete("prompt", prompt["name"], argument["name"], "")
    templates, _ = await peer.everything("resource_templates")
    for template in templates:
        name = template["uriTemplate"].partition("{")[2].partition("}")[0]
        offered += await peer.complete("resource", template["uriTemplate"], name, "")
    expect(offered, "nothing is offered for any argument")


async def ping_answers(peer):
    equal(await peer.ping(), {}, "answer")


async def the_log_level_can_be_set(peer):
    equal(await peer.set_level("debug"), {}, "answer")


EVERY_ERA = [
    the_handshake_settles_revision_and_capabilities,
    tools_are_listed_once_with_schemas,
    a_cursor_nobody_gave_out_is_refused,
    the_calculator_adds_by_default,
    the_calculator_knows_four_operations,
    dividing_by_zero_is_a_tool_error,
    an_argument_of_the_wrong_type_is_named,
    a_missing_argument_is_named,
    an_unknown_tool_is_refused_by_name,
    echo_keeps_every_character,
    weather_defaults_to_celsius,
    sleep_reports_rising_progress,
    a_call_given_up_leaves_the_connection_usable,
    a_cancelled_call_leaves_the_connection_usable,
    thirty_calls_at_once_get_their_own_answers,
    resources_are_listed_and_read,
    an_unknown_resource_is_refused_by_uri,
    a_template_is_listed_and_read,
    prompts_are_listed_and_rendered,
    an_unknown_prompt_is_refused,
    a_prompt_without_a_required_argument_is_refused,
    completion_offers_values,
]
LEGACY_ONLY = [ping_answers, the_log_level_can_be_set]


def on_a_connection(fact, target, era):
    """The fact with a fresh connection of its own."""

    async def run():
        async with connected(target, era) as peer:
            peer.era = era
            await fact(peer)

    run.__name__ = fact.__name__
    return run


def main():
    mcpctl = sys.argv[1]
    report = Report(f"SDK {LINE}.x → our server")

    def all_facts(target, era, group):
        for fact in EVERY_ERA + ([] if era == "modern" else LEGACY_ONLY):
            report.run(group, on_a_connection(fact, target, era))

    eras = ["legacy"] if LINE == 1 else ["legacy", "modern"]
    for era in eras:
        all_facts(("stdio", [mcpctl, "serve", "--transport", "stdio"]), era, f"stdio, {era}")

    port = free_port()
    with listening([mcpctl, "serve", "--transport", "http-stream", "--port", str(port)], port):
        for era in eras:
            all_facts(("http", f"http://127.0.0.1:{port}/mcp"), era, f"http-stream, {era}")
        async def many_sessions_stay_apart():
            async def one(number):
                async with connected(("http", f"http://127.0.0.1:{port}/mcp")) as peer:
                    equal(text(await peer.call("calculator", {"a": number, "b": 0})), str(number), "text")

            await asyncio.gather(*(one(number) for number in range(12)))

        report.run("http-stream, legacy", many_sessions_stay_apart)

    port = free_port()
    with listening([mcpctl, "serve", "--transport", "sse", "--port", str(port)], port):
        all_facts(("sse", f"http://127.0.0.1:{port}/sse"), "legacy", "sse, legacy")

    sys.exit(report.finish())


if __name__ == "__main__":
    main()
