# SPDX-License-Identifier: Apache-2.0
"""How results are shown: formats, a pager, pictures, files, figures. results.py MCPCTL"""

import base64
import json
import os
import pathlib
import sys
import tempfile

from harness import Report, equal, expect
from pixels import PIXELS
from window import Window, golden, our_window

PNG = base64.b64decode(PIXELS)


def formats_hold_for_everything_that_shows_something(mcpctl):
    with Window(mcpctl, "-o", "json", columns=160) as window:
        window.run("\\timing off")
        equal(json.loads(window.run("calculator a=1 b=2"))["structuredContent"], {"result": 3})
        window.run("\\o yaml")
        expect("structuredContent:" in window.run("calculator a=1 b=2"), "another format")
        expect("protocolVersion: " in window.run("\\conninfo"), "of what is no request, too")
        equal(json.loads(window.run("\\conninfo -o json --path .era")), "modern")
        window.run("x = echo message=hi")
        equal(json.loads(window.run("$x -o raw"))["structuredContent"], {"echo": "hi"})
        equal(window.run("\\dt -o name e*"), "echo")
        window.run("\\o json")
        expect('"exit":8' in window.run("call nosuch"), "errors, too")
        window.run("\\o")
        expect("mcpctl: " in window.run("call nosuch"), "and no longer")


def a_file_takes_results_as_they_are(mcpctl):
    with our_window(mcpctl) as (folder, window):
        window.run("\\timing off")
        window.run("\\o picture.png")
        equal(window.run("picture alone=true"), "")
        window.run("\\o")
        equal(pathlib.Path(window.home, "picture.png").read_bytes(), PNG, "the picture")
        window.run("picture alone=true --out other.png")
        equal(pathlib.Path(window.home, "other.png").read_bytes(), PNG, "the other")


def long_results_go_through_the_pager(mcpctl):
    with tempfile.TemporaryDirectory() as home:
        pager = pathlib.Path(home, "pager")
        pager.write_text("#!/bin/sh\nhead -n 2\nprintf 'more? '\nread key </dev/tty\necho \"<$key>\"\n")
        pager.chmod(0o755)
        pathlib.Path(home, "tmp").mkdir()
        with Window(mcpctl, home=home, environment={"PAGER": str(pager), "TMPDIR": f"{home}/tmp"}) as window:
            window.run("\\timing off")
            equal(window.run("echo message=short"), '{"echo":"short"}')
            window.enter("\\?")
            window.see("Lines\n")
            window.see("more?")
            window.type("on\r")
            window.see("<on>")
            window.at_prompt()
            expect("\\watch [SECONDS" not in window.everything(), "the rest is the pager's business")
            window.run("\\pset pager off")
            expect("\\watch [SECONDS" in window.run("\\?"), "no pager")
            window.run("\\pset pager always")
            window.enter("echo message=short")
            window.until(lambda: window.line() == "more? ", "the pager does not ask")
            window.type("\r")
            window.see("<>")
            window.at_prompt()
            equal(os.listdir(f"{home}/tmp"), [], "files left")


def without_a_pager_all_is_printed(mcpctl):
    with Window(mcpctl, environment={"PAGER": "no-such-pager-here"}) as window:
        shown = window.run("\\?")
        expect("\\watch [SECONDS" in window.everything() and "there is no pager no-such-pager-here" in window.everything(), shown)


def ctrl_c_in_the_pager_is_its_own(mcpctl):
    with tempfile.TemporaryDirectory() as home:
        pager = pathlib.Path(home, "pager")
        pager.write_text("#!/bin/sh\ntrap 'echo caught; exit 0' INT\ncat >/dev/null\nprintf 'more? '\nread key </dev/tty\n")
        pager.chmod(0o755)
        with Window(mcpctl, home=home, environment={"PAGER": str(pager)}) as window:
            window.enter("\\?")
            window.see("more?")
            window.type("\x03")
            window.see("caught")
            window.at_prompt()
            window.type("\x04")
            equal(window.ended(), 0, "exit code")
            expect(window.is_restored(), "the terminal")


def kitty(window):
    """The pictures it was sent in kitty's way."""
    pieces = window.raw.split(b"\x1b_G")[1:]
    return b"".join(piece.split(b";", 1)[1].split(b"\x1b\\")[0] for piece in pieces)


def pictures_show_where_they_can(mcpctl):
    with our_window(mcpctl, environment={"TERM": "xterm-kitty", "KITTY_WINDOW_ID": "1"}) as (_, window):
        window.run("picture")
        equal(base64.b64decode(kitty(window)), PNG, "kitty")
        expect("before" in window.text() and "saves it" not in window.text(), window.text())
        expect("[image/jpeg 4 B, --out FILE saves it]" in window.run("picture type=image/jpeg"), "kitty knows PNG alone")
    with our_window(mcpctl, environment={"TERM_PROGRAM": "iTerm.app"}) as (_, window):
        window.run("picture")
        expect(b"\x1b]1337;File=inline=1;size=%d:%s\x07" % (len(PNG), PIXELS.encode()) in window.raw, "iTerm2")


def a_terminal_that_says_so_gets_sixels(mcpctl):
    with our_window(mcpctl, attributes=b"\x1b[?62;4;22c") as (_, window):
        window.run("picture")
        # Four columns, two rows: green on the right, red on the left.
        expect(b"\x1bP0;1q\"1;1;4;2#30;2;0;100;0#30??BB$#180;2;100;0;0#180BB??$-\x1b\\" in window.raw, f"{window.raw!r}")
        window.type("ping")
        window.at_prompt("ping")


def a_job_asks_the_terminal_nothing(mcpctl):
    with our_window(mcpctl, attributes=b"\x1b[?62;4;22c") as (_, window):
        window.enter("picture &")
        window.see("[1] done after")
        equal(window.raw.count(b"\x1b[c"), 0, "how often it was asked")
        expect("saves it" in window.text(), window.text())
        window.at_prompt()


def elsewhere_pictures_are_saved(mcpctl):
    with our_window(mcpctl, attributes=b"\x1b[?62;22c") as (_, window):
        expect("[image/png 77 B, --out FILE saves it]" in window.run("picture"), "no sixels")
        equal(window.raw.count(b"\x1b[c"), 1, "how often it was asked")
        window.run("picture")
        equal(window.raw.count(b"\x1b[c"), 1, "how often it was asked")
    with our_window(mcpctl, environment={"TERM_PROGRAM": "iTerm.app", "TMUX": "/tmp/x"}) as (_, window):
        expect("--out FILE saves it" in window.run("picture"), "within tmux")


def requests_are_measured(mcpctl):
    with Window(mcpctl) as window:
        expect("nothing was asked yet" in window.run("\\bench 3"), "what to repeat")
        window.run("calculator a=1 b=2")
        shown = window.run("\\bench 50 4").split("\n")
        expect(shown[0].split() == ["REQUESTS", "FAILED", "PER", "SECOND", "MEAN", "MIN", "P50", "P90", "P99", "MAX"], shown)
        equal(shown[1].split()[:2], ["50", "0"], "requests and failures")
        window.run("calculator operation=divide a=1 b=0")
        failed = window.run("\\bench 5")
        equal(failed.split("\n")[1].split()[:2], ["5", "5"], "failures")
        expect("5 of 5 requests failed; the first: division by zero" in failed, failed)
        expect("write \\bench N [C]" in window.run("\\bench no"), "usage")
        window.run("sleep seconds=0.001")
        window.enter("\\bench 100000")
        window.see("of 100000")
        window.type("\x03")
        window.at_prompt()
        expect("3" in window.run("calculator a=1 b=2"), "it still works")


def results_become_variables(mcpctl):
    with Window(mcpctl) as window:
        window.run("\\timing off")
        window.run("weather location=Oslo")
        window.run("\\gset w_")
        equal(window.run("$w_conditions"), "sunny")
        window.run('\\set pair {"a": 40, "b": 2}')
        equal(window.run("calculator $pair"), "42")
        expect("pair = {" in window.run("\\set"), "they are listed")
        window.run("\\unset pair")
        expect("no variable '$pair'" in window.run("calculator $pair"), "it is gone")


def results_have_colours_unless_nobody_wants_them(mcpctl):
    name = b'\x1b[1;34m"echo"\x1b[0m'
    with Window(mcpctl, environment={"NO_COLOR": ""}) as window:
        window.run("\\timing off")
        equal(window.run("echo message='**hi**'"), '{"echo":"**hi**"}')
        expect(name + b':\x1b[32m"**hi**"\x1b[0m' in window.raw, "JSON")
        window.run("$_ -o json --path .structuredContent")
        expect(name + b": \x1b[32m" in window.raw, "JSON that is asked for")
        expect("**Oslo**" in window.run("prompts get greet name='**Oslo**'") and b"\x1b[1m**Oslo**\x1b[0m" in window.raw, "strong text")
    with Window(mcpctl) as window:
        window.run("\\timing off")
        equal(window.run("echo message=hi"), '{"echo":"hi"}')
        expect(name not in window.raw, "NO_COLOR")


def a_result_fits_the_window_it_is_in(mcpctl):
    with Window(mcpctl, columns=60) as window:
        window.run("\\timing off")
        window.run("tools")
        golden("narrow", window.text())
        window.run("\\x on")
        window.run("\\dp")
        golden("expanded", window.text())


if __name__ == "__main__":
    report = Report("results")
    for fact in [
        formats_hold_for_everything_that_shows_something,
        a_file_takes_results_as_they_are,
        long_results_go_through_the_pager,
        without_a_pager_all_is_printed,
        ctrl_c_in_the_pager_is_its_own,
        pictures_show_where_they_can,
        a_terminal_that_says_so_gets_sixels,
        a_job_asks_the_terminal_nothing,
        elsewhere_pictures_are_saved,
        requests_are_measured,
        results_become_variables,
        results_have_colours_unless_nobody_wants_them,
        a_result_fits_the_window_it_is_in,
    ]:
        report.run("repl", fact, sys.argv[1])
    sys.exit(report.finish())
