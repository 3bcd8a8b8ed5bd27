# SPDX-License-Identifier: Apache-2.0
"""Our client drives the SDK's server, over each transport: ours_against_sdk.py MCPCTL SDK_PYTHON LINE"""

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

from harness import Report, Skip, equal, expect, free_port, listening

SERVER = str(pathlib.Path(__file__).parent / "servers" / "sdk_server.py")
LEGACY = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"]
MODERN = "2026-07-28"


class Ours:
    """`mcpctl` pointed at one server."""

    def __init__(self, binary, kind, where, line):
        self.binary, self.kind, self.where, self.line = binary, kind, where, line

    def words(self, *words):
        """The command line for a command against the server."""
        if self.kind == "stdio":
            return [self.binary, *words, "--", *self.where]
        return [self.binary, "-s", self.where, *words]

    def run(self, *words, code=0, stdin=None):
        """Runs a command, expects the exit code, returns its output."""
        done = subprocess.run(self.words(*words), input=stdin, capture_output=True, text=True, timeout=25,
                              stdin=None if stdin is not None else subprocess.DEVNULL)
        if done.returncode != code:
            raise AssertionError(
                f"mcpctl {' '.join(words)}: exit {done.returncode}, expected {code}; "
                f"stdout {done.stdout[:500]!r}, stderr {done.stderr[:500]!r}"
            )
        self.errors = done.stderr
        return done.stdout

    def json(self, *words, code=0):
        return json.loads(self.run(*words, "-o", "json", code=code))


def info_says_what_was_negotiated(ours):
    said = ours.run("info")
    expect("sdk" in said, f"no server name in {said!r}")
    speaks = [MODERN if ours.line == "2" and ours.kind != "sse" else LEGACY[-1]]
    if ours.kind == "stdio":
        speaks.append(LEGACY[-1])  # a server that starts slower than the probe waits is shaken hands with
    expect(any(revision in said for revision in speaks), f"expected {' or '.join(speaks)} in {said!r}")


def each_revision_can_be_asked_for(ours):
    revisions = LEGACY + ([MODERN] if ours.line == "2" and ours.kind != "sse" else [])
    for revision in revisions:
        if ours.kind == "http" and revision == LEGACY[0]:
            continue  # that revision has no streamable HTTP
        expect(revision in ours.run("info", "--protocol", revision), f"{revision} is not what info says")
        equal(ours.run("call", "add", "a=1", "b=2", "--protocol", revision).strip(), "3", revision)


def tools_are_listed_with_descriptions(ours):
    said = ours.run("tools", "ls")
    for name in ("add", "echo", "fail", "forecast", "join", "picture", "count"):
        expect(name in said, f"{name} is not in {said!r}")
    names = [tool["name"] for tool in ours.json("tools", "ls")["tools"]]
    equal(len(names), 8, "tools")


def one_tool_is_shown(ours):
    tool = ours.json("tools", "get", "add")
    equal(tool["inputSchema"]["required"], ["a", "b"], "required arguments")


def a_call_prints_its_answer(ours):
    equal(ours.run("call", "add", "a=40", "b=2"), "42\n", "output")


def a_call_in_json_is_the_result_of_the_spec(ours):
    result = ours.json("call", "add", "a=40", "b=2")
    equal(result["structuredContent"], {"result": 42}, "structured content")
    equal(result["content"][0]["type"], "text", "content")


def text_arrives_as_it_was_sent(ours):
    for message in ("hi", "æøå 漢字 🦉", 'a "quoted" \\ word', "000123", "true", "x" * 100_000):
        equal(ours.run("call", "echo", f"message={message}"), message + "\n", "echo")


def lists_and_flags_follow_the_schema(ours):
    equal(ours.run("call", "join", 'words=["a","b"]', "upper=true").strip(), "A B", "output")
    equal(ours.run("call", "join", 'words:=["a","b"]').strip(), "a b", "output")


def structured_content_is_kept(ours):
    equal(ours.json("call", "forecast", "city=Oslo", "days=2")["structuredContent"]["degrees"], 22.5, "degrees")


def an_image_is_kept(ours):
    block = ours.json("call", "picture")["content"][0]
    equal((block["type"], block["mimeType"]), ("image", "image/png"), "block")


def a_tool_error_exits_3(ours):
    ours.run("call", "fail", "reason=out of paper", code=3)
    expect("out of paper" in ours.errors, ours.errors)


def arguments_the_schema_refuses_exit_65(ours):
    ours.run("call", "add", "a=x", "b=2", code=65)
    expect("a" in ours.errors, ours.errors)
    ours.run("call", "add", "a=1", code=65)


def an_unknown_tool_exits_8_with_a_near_miss(ours):
    ours.run("call", "ad", "a=1", "b=2", code=8)
    expect("add" in ours.errors, ours.errors)


def progress_does_not_disturb_the_answer(ours):
    equal(ours.run("call", "count", "to=3", "pause=0.05").strip(), "counted to 3", "output")


def a_slow_call_times_out_with_7(ours):
    started = time.monotonic()
    ours.run("call", "count", "to=100", "pause=0.2", "--timeout", "1s", code=7)
    expect(time.monotonic() - started < 10, "took too long to give up")


def an_interrupted_call_exits_130(ours):
    process = subprocess.Popen(ours.words("call", "count", "to=100", "pause=0.2", "-v"), stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(2.5)  # the SDK's server needs a second or two to start
    process.send_signal(signal.SIGINT)
    try:
        process.communicate(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise AssertionError("still running ten seconds after Ctrl-C") from None
    equal(process.returncode, 130, "exit code")


def resources_are_listed_and_read(ours):
    said = ours.run("resources", "ls")
    expect("memo://greeting" in said and "memo://pixel" in said, said)
    equal(ours.run("resources", "read", "memo://greeting").strip(), "hello from the SDK", "text")
    expect("blob" in ours.json("resources", "read", "memo://pixel")["contents"][0], "no blob")


def a_template_is_listed_and_read(ours):
    expect("memo://greeting/{name}" in ours.run("resources", "templates"), "not listed")
    equal(ours.run("resources", "read", "memo://greeting/Ada").strip(), "hello Ada", "text")


def an_unknown_resource_is_an_error(ours):
    done = subprocess.run(ours.words("resources", "read", "nowhere://nothing"), capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, timeout=25)
    expect(done.returncode in (6, 8), f"exit {done.returncode}")
    expect("nowhere://nothing" in done.stderr, done.stderr)


def prompts_are_listed_and_rendered(ours):
    expect("review" in ours.run("prompts", "ls"), "not listed")
    expect("Review this Swift code: let x" in ours.run("prompts", "get", "review", "code=let x"), "not rendered")


def an_unknown_prompt_exits_8(ours):
    ours.run("prompts", "get", "revie", code=8)


def ping_answers(ours):
    ours.run("ping")


def any_method_can_be_sent(ours):
    answer = json.loads(ours.run("rpc", "tools/list", "{}", "-o", "json"))
    expect("tools" in answer.get("result", answer), str(answer)[:300])


def an_unknown_method_exits_6(ours):
    ours.run("rpc", "no/such", "{}", code=6)


def the_repl_does_it_all_over_one_connection(ours):
    script = (
        "tools/list -o name\ncall add a=40 b=2\nx = add a=1 b=2\nadd a=$x.structuredContent.result b=4\n"
        "join words:=[\"a\", \"b c\"] upper=true\ncount to=3 pause=0.01 &\n\\wait\n"
        "resources/read uri=memo://greeting/Ada\nprompts/get review code=x\n\\d forecast\nad a=1\n"
    )
    said = ours.run("repl", stdin=script, code=8)
    for text in ["add\n", "\n42\n", "\n7\n", "\nA B C\n", "counted to 3", "Ada", "forecast city=STRING"]:
        expect(text in said, f"{text!r} is not in {said!r}")
    expect("did you mean 'add'?" in ours.errors, ours.errors)


def killing_the_client_takes_the_server_along(ours):
    if ours.kind != "stdio":
        raise Skip("only a child process can be orphaned")
    mark = f"orphan-check-{os.getpid()}-{time.monotonic_ns()}"
    process = subprocess.Popen([ours.binary, "call", "count", "to=100", "pause=0.5", "--", *ours.where, mark],
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_until(lambda: any(pid != process.pid for pid in running(mark)), 15, "the child never started")
    process.kill()
    process.wait()
    wait_until(lambda: not running(mark), 10, "the child outlived its parent")


def running(mark):
    """The processes with `mark` among their arguments."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                if mark.encode() in (entry / "cmdline").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
    return found


def wait_until(holds, seconds, otherwise):
    give_up = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > give_up:
            raise AssertionError(otherwise)
        time.sleep(0.05)


FACTS = [
    info_says_what_was_negotiated,
    each_revision_can_be_asked_for,
    tools_are_listed_with_descriptions,
    one_tool_is_shown,
    a_call_prints_its_answer,
    a_call_in_json_is_the_result_of_the_spec,
    text_arrives_as_it_was_sent,
    lists_and_flags_follow_the_schema,
    structured_content_is_kept,
    an_image_is_kept,
    a_tool_error_exits_3,
    arguments_the_schema_refuses_exit_65,
    an_unknown_tool_exits_8_with_a_near_miss,
    progress_does_not_disturb_the_answer,
    a_slow_call_times_out_with_7,
    an_interrupted_call_exits_130,
    resources_are_listed_and_read,
    a_template_is_listed_and_read,
    an_unknown_resource_is_an_error,
    prompts_are_listed_and_rendered,
    an_unknown_prompt_exits_8,
    ping_answers,
    any_method_can_be_sent,
    an_unknown_method_exits_6,
    the_repl_does_it_all_over_one_connection,
    killing_the_client_takes_the_server_along,
]


def main():
    binary, python, line = sys.argv[1:4]
    report = Report(f"our client → SDK {line}.x")

    def all_facts(kind, where):
        for fact in FACTS:
            report.run(kind, fact, Ours(binary, kind, where, line))

    all_facts("stdio", [python, SERVER, "stdio"])
    for kind, transport, path in (("http", "streamable-http", "/mcp"), ("sse", "sse", "/sse")):
        port = free_port()
        with listening([python, SERVER, transport, str(port)], port):
            all_facts(kind, f"http://127.0.0.1:{port}{path}")

    def a_server_nobody_runs_exits_5():
        Ours(binary, "http", f"http://127.0.0.1:{free_port()}/mcp", line).run("ping", code=5)

    report.run("http", a_server_nobody_runs_exits_5)
    sys.exit(report.finish())


if __name__ == "__main__":
    main()
