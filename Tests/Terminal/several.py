# SPDX-License-Identifier: Apache-2.0
"""Several servers at once. several.py MCPCTL"""

import json
import os
import subprocess
import sys
import tempfile

from harness import Report, equal, expect, free_port, listening
from window import Window, contents, golden, our_server, tell, until


class Two:
    """A window with the built-in server and one of ours, which has the name `ours` there."""

    def __init__(self, mcpctl, folder):
        with open(f"{folder}/mcp.json", "w") as file:
            json.dump({"mcpServers": {"ours": {"command": sys.executable, "args": our_server(folder)[2:]}}}, file)
        environment = {"HOME": folder, "XDG_CONFIG_HOME": f"{folder}/config", "PATH": os.environ["PATH"]}
        subprocess.run([mcpctl, "servers", "import", f"{folder}/mcp.json"], check=True, capture_output=True, env=environment)
        self.window = Window(mcpctl, "builtin,ours", prompt="builtin+ours> ", environment={"XDG_CONFIG_HOME": f"{folder}/config"})


def with_two(fact):
    def run(mcpctl):
        with tempfile.TemporaryDirectory() as folder:
            with Two(mcpctl, folder).window as window:
                window.run("\\timing off")
                fact(folder, window)
    run.__name__ = fact.__name__
    return run


@with_two
def everything_has_the_name_of_its_server(folder, window):
    expect("builtin/echo" in window.run("tools"), "a list")
    golden("several", window.text())
    equal(window.run("ours/calculator a=1 b=2"), "3")
    equal(window.run("call builtin/calculator a=1 b=2"), "3")
    equal(window.run("@ours calculator a=2 b=2"), "4")
    expect("Hello, Ada!" in window.run("read builtin/sample://greeting/Ada"), "a resource")
    expect("Greet Ada" in window.run("prompt builtin/greet name=Ada"), "a prompt")
    expect("Echo" in window.run("\\d builtin/echo"), "a description")
    expect("write builtin/calculator or ours/calculator" in window.run("call calculator a=1 b=2"), "no name is guessed")


@with_two
def what_concerns_all_is_asked_of_all(folder, window):
    shown = window.run("ping")
    expect("# builtin\n" in shown and "# ours\n" in shown and shown.count("answered in") == 2, shown)
    shown = window.run("\\conninfo")
    expect("2026-07-28" in shown and "2025-11-25" in shown, shown)
    expect("say which, as in `@builtin COMMAND`" in window.run("rpc tools/list"), "what goes to one")
    expect('"name": "window"' in window.run("@ours info -o json"), "one alone")
    expect("no open server is called 'nosuch'" in window.run("@nosuch ping"), "none of them")


@with_two
def names_are_completed_and_changes_told_with_their_server(folder, window):
    window.at_prompt()
    window.type("call ours/calc\t")
    window.at_prompt("call ours/calculator ")
    window.type("oper\t")
    window.at_prompt("call ours/calculator operation=")
    window.type("\x15prompt builtin/gr\tla\tG\t")
    window.at_prompt("prompt builtin/greet language=German ")
    window.type("\x15@ou\tgro\t\r")
    window.see("# ours: tools changed: +novel")
    tell(folder)
    window.see("the disk is full")


@with_two
def two_servers_are_compared(folder, window):
    shown = window.run("\\diff")
    expect("calculator" in shown and "differ in" in shown, shown)
    expect("only builtin" in shown and "only ours" in shown, shown)
    equal(json.loads(window.run("\\diff ours ours -o json")), {"differences": []})


def one_that_cannot_be_reached_leaves_all_as_it_was(mcpctl):
    with Window(mcpctl) as window:
        window.run("\\timing off")
        expect("127.0.0.1:9" in window.run("\\c builtin,127.0.0.1:9"), "which one")
        equal(window.run("calculator a=1 b=2"), "3")
        window.enter("\\c builtin,builtin")
        window.see("# connected to builtin-2")
        window.at_prompt(prompt="builtin+builtin-2> ")
        window.type("\\diff\r")
        window.see("builtin and builtin-2 offer the same")
        window.at_prompt(prompt="builtin+builtin-2> ")
        window.type("\\c builtin\r")
        window.see("# connected to builtin,")
        window.at_prompt()
        expect("a name is missing" in window.run("\\c builtin,"), "a comma too many")


def a_lost_server_is_named_and_the_others_go_on(mcpctl):
    with tempfile.TemporaryDirectory() as folder, Two(mcpctl, folder).window as window:
        window.at_prompt()
        tell(folder, 9)
        window.see("# ours: the connection was away and is back")
        window.at_prompt()
        window.type("builtin/echo message=on\r")
        window.see('{"echo":"on"}')


def ctrl_c_reaches_the_right_one(mcpctl):
    with tempfile.TemporaryDirectory() as folder, Two(mcpctl, folder).window as window:
        window.enter("ours/sleep")
        until(lambda: '"sleep"' in contents(f"{folder}/heard"), "it is not called")
        window.type("\x03")
        window.see("the server was told, and the server answers still")
        window.at_prompt()
        expect("notifications/cancelled" in contents(f"{folder}/heard"), "it has not heard")
        window.type("\x04")
        equal(window.ended(), 0, "exit code")
        expect(window.is_restored(), "the terminal")
        until(lambda: not os.path.exists(f"/proc/{contents(f'{folder}/pid')}"), "the server is left")


def a_script_has_several_servers_too(mcpctl):
    port = free_port()
    with listening([mcpctl, "serve", "--transport", "http-stream", "--port", str(port)], port):
        name = f"127.0.0.1:{port}"
        done = subprocess.run(
            [mcpctl, "repl", f"builtin,{name}", "-e", f"builtin/calculator a=1 b=2; {name}/calculator a=2 b=2", "-e", "tools -o name"],
            capture_output=True, text=True, timeout=30)
        equal((done.returncode, done.stderr), (0, ""))
        lines = done.stdout.split("\n")
        equal(lines[:3], ["3", "4", "builtin/calculator"])
        expect(f"{name}/sleep" in lines, done.stdout)


@with_two
def questions_say_which_server_asks_and_wait_by_number(folder, window):
    window.enter("ours/book &")
    window.see("[ours asks] Who stays?")
    window.see("  \\respond answers")
    window.at_prompt()
    window.type("@ours think &\r")
    window.see("[ours asks] for an answer of a model")
    window.see("  \\respond 2 answers")
    expect("no question 7 waits" in window.run("\\respond 7"), "another number")
    window.enter("\\respond 2")
    window.until(lambda: window.line().startswith("Answer?"), "the second is not asked")
    window.answer("d")
    window.see("User rejected")
    window.enter("\\respond")
    window.until(lambda: window.line() == "  Name: ", "the first is not asked")
    window.type("\x04")
    window.see('booked: {"action": "cancel"}')


if __name__ == "__main__":
    report = Report("several")
    for fact in [
        everything_has_the_name_of_its_server,
        what_concerns_all_is_asked_of_all,
        names_are_completed_and_changes_told_with_their_server,
        two_servers_are_compared,
        one_that_cannot_be_reached_leaves_all_as_it_was,
        a_lost_server_is_named_and_the_others_go_on,
        ctrl_c_reaches_the_right_one,
        a_script_has_several_servers_too,
        questions_say_which_server_asks_and_wait_by_number,
    ]:
        report.run("repl", fact, sys.argv[1])
    sys.exit(report.finish())
