# SPDX-License-Identifier: Apache-2.0
"""A server asks for an answer of a model, and a person is there. sampling.py MCPCTL"""

import json
import pathlib
import subprocess
import sys
import tempfile

from harness import Report, Skip, equal, expect
from window import PYTHON, Window, contents, golden, our_server, our_window, until


def answers(folder):
    """What the server was answered."""
    messages = [json.loads(line) for line in contents(f"{folder}/heard").splitlines()]
    return [message for message in messages if "method" not in message]


def told(folder, count=1):
    """Waits until it was answered that often; the last answer."""
    until(lambda: len(answers(folder)) == count, f"it has {answers(folder)}")
    return answers(folder)[-1]


def reply(window, begin, *lines):
    """Types each line once the line that begins so waits for it."""
    for line in lines:
        window.until(lambda: window.line().startswith(begin), f"nothing asks '{begin}'")
        window.answer(line)


def dictate(window, *lines):
    """Types an answer, up to the question whether it is sent."""
    reply(window, "Answer?", "t")
    window.see("ends it)")
    before = window.text().rindex("ends it)")
    for number, line in enumerate([*lines, "."], 1):
        # What was typed into the line before shows first.
        window.until(lambda: window.line() == "  | " and window.text()[before:].count("\n  |") == number, "no line is read")
        window.answer(line)
    window.see("Send this?")


def a_person_answers_in_place_of_a_model(mcpctl):
    with our_window(mcpctl, rows=40) as (folder, window):
        window.run("\\timing off")
        window.enter("think")
        window.see("Answer? [T]ype, (e)dit, (d)ecline:")
        dictate(window, "wet", "  and deep")
        golden("sampling", window.text())
        reply(window, "Send this?", "y")
        window.at_prompt()
        equal(told(folder)["result"]["content"], {"type": "text", "text": "wet\n  and deep"})
        equal(told(folder)["result"]["model"], "a person")
        equal(window.history().split("\n")[-2], "think")


def what_is_asked_is_shown_in_part_and_edited_in_full(mcpctl):
    with tempfile.TemporaryDirectory() as home:
        editor = pathlib.Path(home, "editor")
        editor.write_text(f"#!/bin/sh\ncp \"$1\" {home}/seen\n{{ echo 'from the editor'; cat {home}/seen; }} > \"$1\"\n")
        editor.chmod(0o755)
        with our_window(mcpctl, home=home, rows=120, environment={"EDITOR": str(editor)}) as (folder, window):
            window.enter("think long=true")
            window.see("Answer? [T]ype")
            shown = window.everything()
            for part in ["At most 10 tokens, temperature 0.5, ending before \"\\n\"", "Model: large, else small, cost 0.25",
                         "System prompt:\n    Be brief.\n    Be wet.", "7 earlier messages", "more characters", "One word for water?\\x1b[2J"]:
                expect(part in shown, f"{part} is not in\n{shown}")
            expect("word 6 " not in shown and "word 7 " in shown, shown)
            reply(window, "Answer?", "e")
            window.see("| from the editor")
            reply(window, "Send this?", "")
            window.at_prompt()
            equal(told(folder)["result"]["content"]["text"], "from the editor")
            seen = contents(f"{home}/seen")
            expect("word 0 " * 400 in seen and "Be wet." in seen, seen[:200])


def an_editor_that_fails_sends_nothing(mcpctl):
    with our_window(mcpctl, environment={"EDITOR": "false"}) as (folder, window):
        window.enter("think")
        reply(window, "Answer?", "e")
        window.see("false ended with 1; what it wrote is not taken")
        reply(window, "Answer?", "d")
        window.at_prompt()
        equal(told(folder)["error"], {"code": -1, "message": "User rejected sampling request"})


def a_command_is_run_after_a_yes_and_its_answer_shown(mcpctl):
    with tempfile.TemporaryDirectory() as folder:
        command = f"cat > {folder}/asked; echo wet"
        with Window(mcpctl, "--sampling-cmd", command, *our_server(folder), prompt=PYTHON) as window:
            window.enter("think")
            window.see("Answer? [R]un --sampling-cmd, (t)ype, (e)dit, (d)ecline:")
            expect(not pathlib.Path(folder, "asked").exists(), "it is not run unasked")
            reply(window, "Answer?", "")
            window.see("| wet\nSend this?")
            equal(json.loads(contents(f"{folder}/asked"))["method"], "sampling/createMessage")
            equal(answers(folder), [], "nothing is sent yet")
            reply(window, "Send this?", "a")
            reply(window, "Answer?", "r")
            reply(window, "Send this?", "")
            window.at_prompt()
            equal(told(folder)["result"]["content"]["text"], "wet")


def ctrl_c_cancels_the_call_that_asks(mcpctl):
    with our_window(mcpctl) as (folder, window):
        window.enter("think")
        reply(window, "Answer?", "t")
        reply(window, "  | ", "half an answer")
        window.until(lambda: window.line() == "  | " and "half an answer\n" in window.text(), "no second line is read")
        window.type("and\x03")
        window.see("the server was told, and the server answers still")
        window.at_prompt()
        expect("half" not in contents(f"{folder}/heard"), "nothing is sent")
        window.run("\\timing off")
        equal(window.run("calculator a=1 b=2"), "3")


def a_job_waits_until_it_is_answered(mcpctl):
    with our_window(mcpctl) as (folder, window):
        window.enter("think &")
        window.see("asks] for an answer of a model")
        window.see("\\respond answers")
        window.at_prompt()
        window.type("\\respond\r")
        dictate(window, "wet")
        reply(window, "Send this?", "y")
        window.see("[1] done after")
        equal(told(folder)["result"]["content"]["text"], "wet")


def a_modern_server_asks_the_same_way(mcpctl):
    everything = pathlib.Path(mcpctl).parent / "EverythingServer"
    if not everything.exists():
        raise Skip("there is no EverythingServer beside mcpctl")
    with Window(mcpctl, "--", str(everything), prompt="EverythingServer> ") as window:
        window.run("\\timing off")
        expect("2026-07-28" in window.run("\\conninfo"), "it is modern")
        window.enter("test_sampling prompt='Water?'")
        window.see("EverythingServer asks] for an answer of a model")
        dictate(window, "wet")
        reply(window, "Send this?", "y")
        window.see("LLM response: wet")
        window.enter("test_sampling prompt='Water?'")
        reply(window, "Answer?", "d")
        window.see("User rejected sampling request")


def other_commands_ask_at_a_terminal_too(mcpctl):
    with tempfile.TemporaryDirectory() as folder:
        with Window(mcpctl, "think", *our_server(folder), command="call") as window:
            dictate(window, "wet")
            reply(window, "Send this?", "y")
            equal(window.ended(), 0, "exit code")
            expect('"text": "wet"' in window.text(), window.text())


def without_a_terminal_nobody_is_asked(mcpctl):
    with tempfile.TemporaryDirectory() as folder:
        for words, expected in [([], '"code": -32601'), (["--sampling-cmd", "echo wet"], '"text": "wet"')]:
            # Not by its name alone: outside of a window it need not be in PATH.
            server = ["--", sys.executable, *our_server(folder)[2:]]
            done = subprocess.run([mcpctl, "call", "think", *words, *server], stdin=subprocess.DEVNULL,
                                  capture_output=True, text=True, timeout=30)
            expect(expected in done.stdout, f"{done.stdout}{done.stderr}")


if __name__ == "__main__":
    report = Report("sampling")
    for fact in [
        a_person_answers_in_place_of_a_model,
        what_is_asked_is_shown_in_part_and_edited_in_full,
        an_editor_that_fails_sends_nothing,
        a_command_is_run_after_a_yes_and_its_answer_shown,
        ctrl_c_cancels_the_call_that_asks,
        a_job_waits_until_it_is_answered,
        a_modern_server_asks_the_same_way,
        other_commands_ask_at_a_terminal_too,
        without_a_terminal_nobody_is_asked,
    ]:
        report.run("repl", fact, sys.argv[1])
    sys.exit(report.finish())
