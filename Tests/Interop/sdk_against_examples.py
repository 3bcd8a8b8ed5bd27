# SPDX-License-Identifier: Apache-2.0
"""The SDK drives EverythingServer, and ConformanceClient drives the SDK's server: sdk_against_examples.py FOLDER"""

import json
import os
import pathlib
import subprocess
import sys

import sdk_answers
from harness import Report, equal, expect, free_port, listening
from sdk_against_ours import on_a_connection, refusal, text
from sdk_peer import LINE, connected

SERVER = str(pathlib.Path(__file__).parent / "servers" / "sdk_server.py")


async def text_is_answered_with(peer):
    equal(text(await peer.call("test_simple_text")), "This is a simple text response for testing.", "text")


async def every_kind_of_content_arrives(peer):
    image = (await peer.call("test_image_content"))["content"][0]
    equal((image["type"], image["mimeType"]), ("image", "image/png"), "image")
    sound = (await peer.call("test_audio_content"))["content"][0]
    equal((sound["type"], sound["mimeType"]), ("audio", "audio/wav"), "sound")
    embedded = (await peer.call("test_embedded_resource"))["content"][0]["resource"]
    equal((embedded["uri"], embedded["mimeType"], embedded["text"]),
          ("test://embedded-resource", "text/plain", "This is an embedded resource content."), "resource")
    mixed = (await peer.call("test_multiple_content_types"))["content"]
    equal([block["type"] for block in mixed], ["text", "image", "resource"], "kinds")
    equal(json.loads(mixed[2]["resource"]["text"]), {"test": "data", "value": 123}, "mixed resource")


async def a_failing_tool_says_so(peer):
    result = await peer.call("test_error_handling")
    expect(result["isError"], "no error")
    equal(text(result), "This tool intentionally returns an error for testing", "text")


async def log_lines_arrive_in_order(peer):
    if not peer.modern:
        await peer.set_level("info")
    await peer.call("test_tool_with_logging")
    equal([entry["data"] for entry in peer.logs],
          ["Tool execution started", "Tool processing data", "Tool execution completed"], "lines")


async def log_lines_below_the_level_do_not_arrive(peer):
    await peer.set_level("error")
    await peer.call("test_tool_with_logging")
    equal(peer.logs, [], "lines")


async def progress_goes_0_50_100(peer):
    seen = []

    async def progress(done, total, message):
        seen.append((done, total))

    await peer.call("test_tool_with_progress", progress=progress)
    equal(seen, [(0, 100), (50, 100), (100, 100)], "progress")


async def a_demanding_schema_is_listed_as_it_is(peer):
    tools, _ = await peer.everything("tools")
    schema = next(tool["inputSchema"] for tool in tools if tool["name"] == "json_schema_2020_12_tool")
    equal(schema["$schema"], "https://json-schema.org/draft/2020-12/schema", "$schema")
    equal(schema["$defs"]["address"]["$anchor"], "addressDef", "$anchor")
    equal(schema["allOf"], [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}], "allOf")
    equal((schema["then"], schema["else"], schema["additionalProperties"]),
          ({"required": ["phone"]}, {"required": ["email"]}, False), "conditions")


async def a_demanding_schema_is_checked(peer):
    good = await peer.call("json_schema_2020_12_tool", {"contactMethod": "phone", "phone": "1"})
    expect(not good.get("isError"), str(good))
    bad = await peer.call("json_schema_2020_12_tool", {"contactMethod": "phone", "email": "a@b"})
    expect(bad["isError"], str(bad))


async def resources_are_read(peer):
    read = (await peer.read("test://static-text"))["contents"][0]
    equal((read["mimeType"], read["text"]), ("text/plain", "This is the content of the static text resource."), "text")
    expect("blob" in (await peer.read("test://static-binary"))["contents"][0], "no blob")
    read = (await peer.read("test://template/42/data"))["contents"][0]
    equal(json.loads(read["text"]), {"id": "42", "templateTest": True, "data": "Data for ID: 42"}, "template")


async def an_unknown_resource_is_refused_with_its_uri(peer):
    error = await refusal(peer.read("test://nothing"))
    equal(error.code, -32602 if peer.modern else -32002, "code")
    equal(error.data, {"uri": "test://nothing"}, "data")


async def prompts_are_rendered(peer):
    first = (await peer.prompt("test_simple_prompt"))["messages"][0]
    equal((first["role"], first["content"]["text"]), ("user", "This is a simple prompt for testing."), "prompt")
    first = (await peer.prompt("test_prompt_with_arguments", {"arg1": "x", "arg2": "y z"}))["messages"][0]
    equal(first["content"]["text"], "Prompt with arguments: arg1='x', arg2='y z'", "prompt")
    messages = (await peer.prompt("test_prompt_with_embedded_resource", {"resourceUri": "test://r"}))["messages"]
    equal(messages[0]["content"]["resource"]["uri"], "test://r", "embedded resource")
    equal(messages[1]["content"]["text"], "Please process the embedded resource above.", "prompt")
    messages = (await peer.prompt("test_prompt_with_image"))["messages"]
    equal(messages[0]["content"]["type"], "image", "prompt")


async def an_argument_is_completed(peer):
    equal(await peer.complete("prompt", "test_prompt_with_arguments", "arg1", "par"), ["paris", "park", "party"], "values")


EVERY_ERA = [
    text_is_answered_with,
    every_kind_of_content_arrives,
    a_failing_tool_says_so,
    log_lines_arrive_in_order,
    progress_goes_0_50_100,
    a_demanding_schema_is_listed_as_it_is,
    a_demanding_schema_is_checked,
    resources_are_read,
    an_unknown_resource_is_refused_with_its_uri,
    prompts_are_rendered,
    an_argument_is_completed,
]
LEGACY_ONLY = [log_lines_below_the_level_do_not_arrive]


def main():
    folder = pathlib.Path(sys.argv[1])
    everything, conformance = str(folder / "EverythingServer"), str(folder / "ConformanceClient")
    report = Report(f"SDK {LINE}.x and the examples")
    port = free_port()
    with listening([everything, "--port", str(port)], port):
        for era in ["legacy"] if LINE == 1 else ["legacy", "modern"]:
            for fact in EVERY_ERA + ([] if era == "modern" else LEGACY_ONLY):
                report.run(f"EverythingServer, stdio, {era}", on_a_connection(fact, ("stdio", [everything]), era))
                url = f"http://127.0.0.1:{port}/mcp"
                report.run(f"EverythingServer, http-stream, {era}", on_a_connection(fact, ("http", url), era))

            url = f"http://127.0.0.1:{port}/mcp"
            for name, target in (("stdio", ("stdio", [everything])), ("http-stream", ("http", url))):
                sdk_answers.run_all(report, f"EverythingServer, {name}, {era}, asking", target, era, connected)

    port = free_port()
    with listening([sys.executable, SERVER, "streamable-http", str(port)], port):
        revisions = ["2025-03-26", "2025-06-18", "2025-11-25"] + (["2026-07-28"] if LINE == 2 else [])
        for scenario in ("initialize", "tools_call", "request-metadata", "http-standard-headers"):
            for revision in revisions:

                def the_scenario_ends_well():
                    environment = {**os.environ, "MCP_CONFORMANCE_SCENARIO": scenario,
                                   "MCP_CONFORMANCE_PROTOCOL_VERSION": revision}
                    done = subprocess.run([conformance, f"http://localhost:{port}/mcp"], env=environment,
                                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=25)
                    equal(done.returncode, 0, f"exit code, saying {done.stderr!r},")

                report.run(f"ConformanceClient, {scenario}, {revision}", the_scenario_ends_well)
    sys.exit(report.finish())


if __name__ == "__main__":
    main()
