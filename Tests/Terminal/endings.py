# SPDX-License-Identifier: Apache-2.0
"""How the REPL ends, what it leaves of the terminal, and what it is without one. endings.py MCPCTL"""

import os
import pathlib
import signal
import subprocess
import sys
import tempfile

from harness import Report, equal, expect
from window import Window, contents, our_server, our_window, tell, until


def ctrl_d_and_exit_leave_the_terminal_as_it_was(mcpctl):
    for way in ["\x04", "exit\r", "\\q\r", "quit\r"]:
        with Window(mcpctl) as window:
            window.at_prompt()
            window.type(way)
            equal(window.ended(), 0, f"exit code after {way!r}")
            expect(window.is_restored(), f"the terminal after {way!r}")


def signals_leave_the_terminal_as_it_was(mcpctl):
    for number in [signal.SIGTERM, signal.SIGHUP]:
        with Window(mcpctl) as window:
            window.at_prompt()
            window.type("half a line")
            window.at_prompt("half a line")
            window.process.send_signal(number)
            equal(window.ended(), 128 + number, "exit code")
            expect(window.is_restored(), f"the terminal after {number}")


def a_signal_while_a_call_runs_does_so_too(mcpctl):
    with our_window(mcpctl) as (folder, window):
        window.enter("sleep seconds=10")
        until(lambda: '"sleep"' in contents(f"{folder}/heard"), "it is not called")
        window.process.send_signal(signal.SIGTERM)
        equal(window.ended(), 143, "exit code")
        expect(window.is_restored(), "the terminal")
        expect("notifications/cancelled" in contents(f"{folder}/heard"), "the server was told")


def a_crash_leaves_the_terminal_as_it_was(mcpctl):
    for number in [signal.SIGSEGV, signal.SIGABRT, signal.SIGQUIT]:
        with Window(mcpctl) as window:
            window.at_prompt()
            window.process.send_signal(number)
            equal(window.ended(), -number, "how it ended")
            expect(window.is_restored(), f"the terminal after {number}")


def a_terminal_that_goes_away_ends_it(mcpctl):
    window = Window(mcpctl)
    window.at_prompt()
    os.close(window.master)
    equal(window.process.wait(20), 129, "exit code")
    window.master = os.open("/dev/null", os.O_RDONLY)
    window.__exit__()


def a_server_killed_for_good_leaves_the_prompt_usable(mcpctl):
    with tempfile.TemporaryDirectory() as folder:
        script = f"{folder}/once"
        pathlib.Path(script).write_text(
            f"#!/bin/sh\n[ -e {folder}/pid ] && exit 1\nexec {sys.executable} {our_server(folder)[2]} {folder}\n")
        os.chmod(script, 0o755)
        with Window(mcpctl, "--", script, prompt="once> ") as window:
            window.run("calculator a=1 b=2")
            tell(folder, signal.SIGKILL)
            window.see("the connection was lost")
            expect("mcpctl: " in window.run("calculator a=1 b=2"), "it is told")
            window.type("\x04")
            equal(window.ended(), 0, "exit code")
            expect(window.is_restored(), "the terminal")


def ctrl_z_gives_the_terminal_back_for_a_while(mcpctl):
    with Window(mcpctl) as window:
        window.at_prompt()
        window.type("call ech")
        window.at_prompt("call ech")
        window.type("\x1a")
        state = f"/proc/{window.process.pid}/stat"
        until(lambda: contents(state).rsplit(")", 1)[1].split()[0] == "T", "it does not stop")
        expect(window.is_restored(), "the terminal meanwhile")
        window.process.send_signal(signal.SIGCONT)
        window.at_prompt("call ech")
        window.type("o message=back\r")
        window.see('{"echo":"back"}')


def ctrl_z_while_a_call_runs_does_so_too(mcpctl):
    with our_window(mcpctl) as (folder, window):
        window.enter("sleep seconds=10")
        window.until(lambda: " sleep seconds=10 " in window.line(), "nothing turns")
        window.type("\x1a")
        state = f"/proc/{window.process.pid}/stat"
        until(lambda: contents(state).rsplit(")", 1)[1].split()[0] == "T", "it does not stop")
        expect(window.is_restored(), "the terminal meanwhile")
        window.process.send_signal(signal.SIGCONT)
        window.until(lambda: " sleep seconds=10 " in window.line(), "nothing turns any more")
        window.type("\x03")
        window.see("the server was told, and the server answers still")
        window.at_prompt()


def a_server_that_is_not_there_ends_it_at_once(mcpctl):
    with Window(mcpctl, "127.0.0.1:9") as window:
        equal(window.ended(), 5, "exit code")
        expect(window.is_restored(), "the terminal")
        expect("mcpctl: " in window.text(), window.text())


def without_readline_lines_are_read_as_they_come(mcpctl):
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "libreadline.so.8").write_text("")
        with Window(mcpctl, environment={"LD_LIBRARY_PATH": folder}) as window:
            window.see("editing lines needs libreadline.so.8")
            window.type("calculator a=1 b=2\n")
            window.see("\n3")
            window.type("\x04")
            equal(window.ended(), 0, "exit code")


def run(mcpctl, *words, script=None):
    return subprocess.run([mcpctl, "repl", *words], input=script, capture_output=True, text=True, timeout=30,
                          env={**os.environ, "HOME": "/nonexistent", "XDG_STATE_HOME": "/nonexistent"})


def a_script_on_a_pipe_has_no_prompt_and_the_worst_exit_code(mcpctl):
    done = run(mcpctl, script="calculator a=1 b=2\n# a comment\necho message=hi; ping | .protocolVersion\n")
    equal((done.returncode, done.stdout, done.stderr), (0, '3\n{"echo":"hi"}\n2026-07-28\n', ""))
    done = run(mcpctl, script="calculator operation=divide a=1 b=0\ncalculator a=x\nnosuch\ncalculator a=2 b=2\n")
    equal((done.returncode, done.stdout), (65, "4\n"))
    expect("division by zero" in done.stderr and "'x' is not a number" in done.stderr, done.stderr)
    done = run(mcpctl, "--fail-fast", script="nosuch\ncalculator a=2 b=2\n")
    equal((done.returncode, done.stdout), (8, ""))


def errors_are_those_of_the_shell(mcpctl):
    for words in [["call", "calculator", "a=x"], ["call", "calculater"], ["read"], ["prompts", "get", "greet"],
                  ["call", "calculator", "operation=divide", "a=1", "b=0"], ["resources", "read", "sample://nope"]]:
        shell = subprocess.run([mcpctl, *words], capture_output=True, text=True, timeout=30)
        repl = run(mcpctl, "-e", " ".join(words))
        if words != ["read"]:
            equal((repl.returncode, repl.stdout, repl.stderr), (shell.returncode, shell.stdout, shell.stderr))


def commands_and_scripts_are_run_in_order(mcpctl):
    with tempfile.TemporaryDirectory() as folder:
        script = pathlib.Path(folder, "script")
        script.write_text("#!/usr/bin/env -S mcpctl repl -f\n\\set n 20\ncalculator a=$n {\n\"b\": 1\n}\n")
        done = run(mcpctl, "-e", "x = calculator a=1 b=2", "-e", "echo message=$x.structuredContent.result", "-f", str(script))
        equal((done.returncode, done.stdout, done.stderr), (0, '{"echo":"3"}\n21\n', ""))
        done = run(mcpctl, "-e", f"\\i {script}", "-e", "calculator a=1 b='")
        equal((done.returncode, done.stdout), (64, "21\n"))
        expect("ends within a quote" in done.stderr, done.stderr)


def two_servers_at_once_are_refused(mcpctl):
    done = run(mcpctl, "builtin", "-s", "builtin", script="")
    equal(done.returncode, 64)
    expect("two servers are named" in done.stderr, done.stderr)


if __name__ == "__main__":
    report = Report("endings")
    for fact in [
        ctrl_d_and_exit_leave_the_terminal_as_it_was,
        signals_leave_the_terminal_as_it_was,
        a_signal_while_a_call_runs_does_so_too,
        a_crash_leaves_the_terminal_as_it_was,
        a_terminal_that_goes_away_ends_it,
        a_server_killed_for_good_leaves_the_prompt_usable,
        ctrl_z_gives_the_terminal_back_for_a_while,
        ctrl_z_while_a_call_runs_does_so_too,
        a_server_that_is_not_there_ends_it_at_once,
        without_readline_lines_are_read_as_they_come,
        a_script_on_a_pipe_has_no_prompt_and_the_worst_exit_code,
        errors_are_those_of_the_shell,
        commands_and_scripts_are_run_in_order,
        two_servers_at_once_are_refused,
    ]:
        report.run("repl", fact, sys.argv[1])
    sys.exit(report.finish())
