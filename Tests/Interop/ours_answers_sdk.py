# SPDX-License-Identifier: Apache-2.0
"""Our client answers what the SDK's server asks, and goes on where it breaks off: ours_answers_sdk.py MCPCTL PYTHON LINE"""

import json
import pathlib
import sys
import tempfile

from harness import Report, Skip, equal, expect, free_port, listening
from ours_against_sdk import MODERN, Ours

SERVER = str(pathlib.Path(__file__).parent / "servers" / "sdk_asking_server.py")
WORK = tempfile.TemporaryDirectory()


def script(answers):
    """A file with answers."""
    path = pathlib.Path(WORK.name) / f"{abs(hash(json.dumps(answers)))}.json"
    path.write_text(json.dumps(answers))
    return str(path)


ADA = {"elicitation": {"when": "name", "content": {"name": "Ada"}}}


def a_form_is_answered_from_a_file_with_its_defaults(ours, revision):
    said = ours.run("call", "ask_name", "--answer", script(ADA), "--protocol", revision)
    equal(said.strip(), "accept Ada 30", "output")


def declining_and_cancelling_arrive_as_such(ours, revision):
    for action in ("decline", "cancel"):
        said = ours.run("call", "ask_name", "--answer", script({"elicitation": action}), "--protocol", revision)
        equal(said.strip(), action, "output")


def an_answer_that_does_not_fit_is_not_sent(ours, revision):
    bad = script({"elicitation": {"content": {"name": "Ada", "age": "old"}}})
    ours.run("call", "ask_name", "--answer", bad, "--protocol", revision, code=3 if ours.line == "1" else 6)
    expect("age must be an integer" in ours.errors, ours.errors)


def nobody_to_ask_is_an_error_with_a_hint(ours, revision):
    ours.run("call", "ask_name", "--protocol", revision, code=3 if ours.line == "1" else 6)
    if ours.line == "2":
        expect("--answer FILE" in ours.errors, ours.errors)


def a_command_answers_for_the_model(ours, revision):
    said = ours.run("call", "ask_model", "--sampling-cmd", "grep -q France && echo Paris", "--protocol", revision)
    equal(said.strip(), "Paris", "output")


def roots_are_told(ours, revision):
    said = ours.run("call", "ask_roots", "--root", "/", "--root", "/tmp", "--protocol", revision)
    equal(said.strip(), "file:/// file:///tmp", "output")


def several_questions_are_answered_at_once(ours, revision):
    if ours.line == "1":
        raise Skip("1.x asks one after the other")
    answers = script({**ADA, "sampling": "Paris", "roots": ["/"]})
    said = ours.run("call", "ask_everything", "--answer", answers, "--protocol", revision)
    equal(said.strip(), "Ada Paris 1", "output")


def a_call_goes_on_after_its_stream_broke_off(ours, revision):
    if ours.kind != "http" or revision != "2025-11-25":
        raise Skip("only streams of this revision are primed to be taken up again")
    said = ours.run("call", "break_off", "times=3", "-vvv", "--protocol", revision)
    equal(said.strip(), "broke off 3 times", "output")
    expect("Last-Event-ID: " in ours.errors, ours.errors)
    sent = [text for text in ours.errors.splitlines() if text.startswith("-> ") and '"tools/call"' in text]
    equal(len(sent), 1, "times the call was sent")


FACTS = [
    a_form_is_answered_from_a_file_with_its_defaults,
    declining_and_cancelling_arrive_as_such,
    an_answer_that_does_not_fit_is_not_sent,
    nobody_to_ask_is_an_error_with_a_hint,
    a_command_answers_for_the_model,
    roots_are_told,
    several_questions_are_answered_at_once,
    a_call_goes_on_after_its_stream_broke_off,
]


def main():
    binary, python, line = sys.argv[1:4]
    report = Report(f"our client answers SDK {line}.x")

    def all_facts(kind, where):
        revisions = ["2025-06-18", "2025-11-25"] + ([MODERN] if line == "2" and kind != "sse" else [])
        for revision in revisions:
            for fact in FACTS:
                report.run(f"{kind}, {revision}", fact, Ours(binary, kind, where, line), revision)

    all_facts("stdio", [python, SERVER, "stdio"])
    for kind, transport, path in (("http", "streamable-http", "/mcp"), ("sse", "sse", "/sse")):
        port = free_port()
        with listening([python, SERVER, transport, str(port)], port):
            all_facts(kind, f"http://127.0.0.1:{port}{path}")
    sys.exit(report.finish())


if __name__ == "__main__":
    main()
