# SPDX-License-Identifier: Apache-2.0
"""What is seen while calls run: progress, Ctrl-C on both ends, jobs, lost servers, other servers. calls.py MCPCTL"""

import json
import re
import signal
import subprocess
import sys
import tempfile

from harness import Report, Skip, equal, expect, free_port
from window import HERE, PYTHON, Window, contents, heard, our_server, our_window, tell, until


def calling(folder, name):
    """Waits until the server has heard a call of that tool; its id."""
    def calls():
        return [message for message in heard(folder, "tools/call") if message["params"]["name"] == name]
    until(calls, f"{name} is not called")
    return calls()[0]["id"]


def ctrl_c_cancels_on_both_ends(mcpctl):
    with our_window(mcpctl) as (folder, window):
        window.enter("sleep seconds=10")
        number = calling(folder, "sleep")
        window.type("\x03")
        window.see("the server was told, and the server answers still")
        window.at_prompt()
        equal([message["params"]["requestId"] for message in heard(folder, "notifications/cancelled")], [number])
        expect("3" in window.run("calculator a=1 b=2"), "the connection is still good")


def ctrl_c_closes_the_stream_of_a_modern_server(mcpctl):
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        command = f"{mcpctl} serve --transport http-stream --port {port} --access-log {folder}/access 2>{folder}/log"
        server = subprocess.Popen(["sh", "-c", f"exec {command}"])
        try:
            until(lambda: "http://" in contents(f"{folder}/log") or "serving" in contents(f"{folder}/log"), "it does not serve")
            with Window(mcpctl, f"127.0.0.1:{port}", prompt=f"127.0.0.1:{port}> ") as window:
                window.enter("sleep seconds=10")
                window.see("10%")
                window.type("\x03")
                window.see("its stream was closed, and the server answers still")
                window.at_prompt()
                expect("3" in window.run("calculator a=1 b=2"), "the server is still good")
        finally:
            server.terminate()
            server.wait(20)


def a_second_ctrl_c_no_longer_waits(mcpctl):
    with our_window(mcpctl) as (folder, window):
        window.enter("deaf")
        calling(folder, "deaf")
        window.type("\x03")
        window.see("Ctrl-C again stops waiting")
        window.type("\x03")
        window.see("no longer waited for: deaf")
        window.at_prompt()


def a_server_that_stays_silent_is_named(mcpctl):
    with our_window(mcpctl) as (folder, window):
        window.enter("deaf")
        calling(folder, "deaf")
        window.type("\x03")
        window.see("the server did not answer within 2000 ms")
        window.at_prompt()


def progress_shows_and_goes(mcpctl):
    with our_window(mcpctl) as (folder, window):
        window.enter("far")
        window.see("[#####...............] 25% far")
        window.see("working")
        tell(folder)
        window.see("[warning] the disk is full")
        window.until(lambda: window.lines()[window.screen.cursor.y].startswith("[#####"), "the bar is not below it")
        tell(folder, signal.SIGUSR2)
        window.see("\ndone\n")
        window.at_prompt()
        expect("#####" not in window.text(), f"the bar is gone: {window.text()}")


def something_turns_where_nobody_knows_how_much_there_is(mcpctl):
    with our_window(mcpctl) as (folder, window):
        window.enter("sleep")
        window.until(lambda: re.match(r"[|/\\-] sleep \d+\.\d s", window.line()), "nothing turns")
        window.type("\x03")
        window.at_prompt()


def what_is_left_of_the_time_shows_when_it_gets_short(mcpctl):
    with tempfile.TemporaryDirectory() as folder:
        with Window(mcpctl, "--timeout", "8s", *our_server(folder), prompt=PYTHON) as window:
            window.enter("sleep")
            window.until(lambda: re.match(r"[|/\\-] sleep [0-3]\.\d s$", window.line()), "it says so at once")
            window.until(lambda: re.match(r"[|/\\-] sleep \d+\.\d s, given up in [1-4] s$", window.line()), "it does not say so")
            window.type("\x03")
            window.at_prompt()


def what_is_typed_while_a_call_runs_waits_for_the_prompt(mcpctl):
    with our_window(mcpctl) as (folder, window):
        window.enter("far")
        window.see("25%")
        window.type("count\rcalculator a=1")
        tell(folder, signal.SIGUSR2)
        window.see("\ncounted\n")
        window.at_prompt("calculator a=1")


def jobs_run_in_the_background(mcpctl):
    with our_window(mcpctl) as (folder, window):
        expect("[1] far" in window.run("far &"), "it is told")
        calling(folder, "far")
        expect("far" in window.run("\\jobs"), "it is listed")
        window.type("half a li")
        window.at_prompt("half a li")
        tell(folder, signal.SIGUSR2)
        window.see("[1] done after")
        window.at_prompt("half a li")
        window.type("\x15sleep &\r")
        window.see("[2] sleep")
        calling(folder, "sleep")
        window.run("\\cancel 2")
        window.see("[2] ended with 130")
        expect("nothing runs" in window.run("\\jobs"), "it is over")


def a_killed_server_is_started_again_with_a_notice(mcpctl):
    with our_window(mcpctl) as (folder, window):
        window.run("calculator a=1 b=2")
        window.type("call calcu")
        window.at_prompt("call calcu")
        first = contents(f"{folder}/pid")
        tell(folder, signal.SIGKILL)
        window.see("the connection was lost; opening it again")
        window.see("the connection was away and is back")
        window.at_prompt("call calcu")
        expect(contents(f"{folder}/pid") != first, "another process")
        window.type("\x15calculator a=2 b=2\r")
        window.see("\n4\n")


def a_call_that_may_have_worked_is_not_repeated(mcpctl):
    with our_window(mcpctl) as (folder, window):
        window.run("die")
        window.see("mcpctl: ")
        window.enter("count")  # notices of the lost connection come meanwhile
        window.see("\ncounted\n")
        equal(contents(f"{folder}/count"), "xx", "how often anything was counted")


def another_server_is_a_command_away(mcpctl):
    with tempfile.TemporaryDirectory() as folder:
        with Window(mcpctl) as window:
            words = " ".join(our_server(folder))
            window.enter(f"\\c {words}")
            window.see("# connected to")
            window.at_prompt(prompt=PYTHON)
            window.type("\\c nowhere\r")
            window.see("no server is called 'nowhere'")
            window.at_prompt(prompt=PYTHON)
            window.type("\\c builtin\r")
            window.at_prompt()
            expect("2026-07-28" in window.run("\\conninfo"), "what was negotiated")


def the_wire_is_shown_kept_and_recorded(mcpctl):
    with Window(mcpctl) as window:
        window.run("\\rec wire.jsonl")
        window.run("calculator a=1 b=2")
        window.run("\\rec stop")
        expect('-> {"jsonrpc":"2.0"' in window.run("\\last 2"), "the last messages")
        window.run("\\trace on")
        expect("<- " in window.run("calculator a=1 b=2"), "the trace")
        recorded = [json.loads(line) for line in contents(f"{window.home}/wire.jsonl").splitlines()]
        equal([line["direction"] for line in recorded], ["sent", "received"])
        equal(recorded[1]["message"]["result"]["structuredContent"], {"result": 3})


def what_a_server_mutters_is_shown_harmlessly(mcpctl):
    with our_window(mcpctl) as (_, window):
        window.enter("mutter")
        window.see("| first\n| second \\x1b[2J\n")
        window.see("muttered")
        window.at_prompt()


def log_lines_are_as_loud_as_they_are_urgent(mcpctl):
    with our_window(mcpctl, environment={"NO_COLOR": ""}) as (_, window):
        window.enter("\\log info")
        window.see("log lines from info on")
        window.at_prompt()
        window.type("moan\r")
        window.see("moaned")
        for line in [b"\x1b[2m[info] of info\x1b[0m", b"\n[warning] of warning", b"\x1b[31m[error] of error\x1b[0m"]:
            expect(line in window.raw, f"{line} is not in {window.raw!r}")


def waiting_for_a_job_ends_with_ctrl_c_and_the_job_goes_on(mcpctl):
    with our_window(mcpctl) as (folder, window):
        window.enter("far &")
        window.see("[1] far")
        calling(folder, "far")
        window.enter("\\wait 1")
        window.until(lambda: "\\wait 1" in window.line() and window.line().endswith(" s"), "it does not wait")
        window.type("\x03")
        window.at_prompt()
        expect("far" in window.run("\\jobs"), "the job is gone")
        equal(heard(folder, "notifications/cancelled"), [])
        window.enter("\\wait")
        tell(folder, signal.SIGUSR2)
        window.see("[1] done after")
        window.at_prompt()


def watching_ends_with_ctrl_c(mcpctl):
    with Window(mcpctl) as window:
        window.run("\\timing off")
        window.run("calculator a=40 b=2")
        window.enter("\\watch 0.1")
        window.until(lambda: window.everything().count("\n42") > 3, "it is not repeated")
        window.type("\x03")
        window.at_prompt()
        expect("cancelled" not in window.everything(), "nothing was under way")


def the_python_sdk_hears_of_ctrl_c(mcpctl):
    """Against a server nobody here wrote: what it looks like where the interop tests made an environment with the SDK."""
    python = HERE.parent.parent / ".build-venv/requirements-1/bin/python"
    if not python.exists():
        raise Skip("the interop tests have not run yet")
    server = HERE.parent / "Interop/servers/sdk_server.py"
    with Window(mcpctl, "--", str(python), str(server), "stdio", prompt="python> ") as window:
        window.at_prompt()
        window.type("call cou\tto=100 pause=0.1\r")
        window.see("count to=100")
        window.until(lambda: "[" in window.line() and "%" in window.line(), "no progress")
        window.type("\x03")
        window.see("the server was told, and the server answers still")
        window.at_prompt()
        window.type("prompt rev\tla\t")
        window.at_prompt("prompt review language=")
        window.type("\x15add a=40 b=2\r")
        window.see("\n42\n")


if __name__ == "__main__":
    report = Report("calls")
    for fact in [
        ctrl_c_cancels_on_both_ends,
        ctrl_c_closes_the_stream_of_a_modern_server,
        a_second_ctrl_c_no_longer_waits,
        a_server_that_stays_silent_is_named,
        progress_shows_and_goes,
        something_turns_where_nobody_knows_how_much_there_is,
        what_is_left_of_the_time_shows_when_it_gets_short,
        what_is_typed_while_a_call_runs_waits_for_the_prompt,
        jobs_run_in_the_background,
        a_killed_server_is_started_again_with_a_notice,
        a_call_that_may_have_worked_is_not_repeated,
        another_server_is_a_command_away,
        the_wire_is_shown_kept_and_recorded,
        log_lines_are_as_loud_as_they_are_urgent,
        waiting_for_a_job_ends_with_ctrl_c_and_the_job_goes_on,
        watching_ends_with_ctrl_c,
        what_a_server_mutters_is_shown_harmlessly,
        the_python_sdk_hears_of_ctrl_c,
    ]:
        report.run("repl", fact, sys.argv[1])
    sys.exit(report.finish())
