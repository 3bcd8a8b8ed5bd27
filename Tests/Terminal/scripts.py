# SPDX-License-Identifier: Apache-2.0
"""Scripts of the REPL: what they print, where they send it, and how they say what went wrong. scripts.py MCPCTL"""

import json
import pathlib
import sys
import tempfile

from endings import run
from harness import Report, equal, expect
from window import Window, contents, our_window, tell

SCRIPT = """#!/usr/bin/env -S mcpctl repl -f
calculator a=1 b=2
calculator {
  "a": 1
}
nosuch a=1; calculator operation=divide a=1 b=0

tools | nonsense
\\i {folder}/inner
"""


def errors_name_file_and_line(mcpctl):
    with tempfile.TemporaryDirectory() as folder:
        script, inner = pathlib.Path(folder, "script"), pathlib.Path(folder, "inner")
        script.write_text(SCRIPT.replace("{folder}", folder))
        inner.write_text("calculator a=2 b=2\n\n\\nosuch\n")
        done = run(mcpctl, "-f", str(script))
        equal((done.returncode, done.stdout), (64, "3\n4\n"))
        for line in [f"{script}:3: the arguments do not fit", f"{script}:6: builtin has no tool 'nosuch'", "division by zero",
                     f"{script}:6: the tool answered with an error", f"{script}:8: after '|' comes", f"{inner}:3: no command '\\nosuch'",
                     f"{script}:9: {inner}: not everything succeeded"]:
            expect(line in done.stderr, f"{line} is not in\n{done.stderr}")
        done = run(mcpctl, script="ping\nnosuch\n")
        expect("mcpctl: line 2: builtin has no tool 'nosuch'" in done.stderr, done.stderr)
        script.write_text("ping\ncalculator {\n")
        done = run(mcpctl, "-f", str(script), "-o", "json")
        error = json.loads(done.stderr)["error"]
        equal((error["place"], error["exit"]), (f"{script}:2", 64))


def a_script_run_at_the_prompt_says_so_too(mcpctl):
    with Window(mcpctl) as window:
        pathlib.Path(window.home, "script").write_text("echo message=hi\nnosuch\n")
        shown = window.run("\\i script")
        expect('{"echo":"hi"}' in shown and "mcpctl: script:2: builtin has no tool 'nosuch'" in shown, shown)
        expect("script: not everything succeeded" in shown, shown)


def formats_and_files_hold_in_scripts(mcpctl):
    with tempfile.TemporaryDirectory() as folder:
        done = run(mcpctl, "-o", "json", "-e", "calculator a=1 b=2", "-e", "\\conninfo --path .era")
        end = done.stdout.rindex("}") + 1
        equal(json.loads(done.stdout[:end])["structuredContent"], {"result": 3})
        equal(done.stdout[end:].strip(), '"modern"')
        done = run(mcpctl, script=f"\\o value\necho message=hi\n\\o {folder}/out\necho message=there; \\dt ec*\n\\o\nping -o value | !wc -l\n")
        equal((done.returncode, done.stdout), (0, '{"echo":"hi"}\n1\n'))
        expect('{"echo":"there"}' in contents(f"{folder}/out") and "echo" in contents(f"{folder}/out").split("\n")[1], contents(f"{folder}/out"))
        done = run(mcpctl, "-o", "json", "-e", "calculator operation=divide a=1 b=0")
        equal(json.loads(done.stderr)["error"]["code"], "tool_error")
        equal(json.loads(done.stdout)["isError"], True)


def commands_of_the_shell_work_here_too(mcpctl):
    done = run(mcpctl, "--protocol", "2025-11-25", "-e", "complete greet:language=Ger", "-e", "tasks -o json | .tasks | !cat", "-e", "\\o jsonpath={.structuredContent.result}",
               "-e", "calculator a=1 b=2")
    equal((done.returncode, done.stdout.strip()), (0, "German\n[]\n3"), done.stderr)
    done = run(mcpctl, "-e", "\\o jsonpath={.a", "-e", "serve")
    expect("jsonpath" in done.stderr and "`\\! mcpctl serve` runs it in a shell" in done.stderr, done.stderr)
    equal(done.returncode, 64)


def a_job_of_a_script_is_waited_for_and_named(mcpctl):
    done = run(mcpctl, script="calculator a=x b=1 &\n\\wait\necho message=then\n")
    equal((done.returncode, done.stdout), (0, '{"echo":"then"}\n'))
    expect("mcpctl: line 1: the arguments do not fit" in done.stderr and "[1] ended with 65" in done.stderr, done.stderr)


def leaving_names_what_is_given_up(mcpctl):
    with our_window(mcpctl) as (folder, window):
        window.run("sleep &")
        window.at_prompt()
        window.type("\x04")
        equal(window.ended(), 0, "exit code")
        expect("given up: [1] sleep" in window.text(), window.text())
        expect(window.is_restored(), "the terminal")


def a_measurement_of_failures_fails(mcpctl):
    done = run(mcpctl, script="calculator operation=divide a=1 b=0; \\bench 3 2\n")
    equal(done.stdout.split("\n")[1].split()[:2], ["3", "3"], "the table")
    expect("line 1: 3 of 3 requests failed; the first: division by zero" in done.stderr, done.stderr)
    done = run(mcpctl, script="ping; \\bench 3\n")
    equal(done.returncode, 0, done.stderr)


def log_lines_are_as_loud_as_wanted(mcpctl):
    with our_window(mcpctl) as (folder, window):
        window.run("\\log error")
        tell(folder)
        window.run("calculator a=1 b=2")
        expect("the disk is full" not in window.everything(), "it is only a warning")
        window.run("\\log debug")
        tell(folder)
        window.see("[warning] the disk is full")
        expect("no level 'loud'" in window.run("\\log loud"), "levels")


if __name__ == "__main__":
    report = Report("scripts")
    for fact in [
        errors_name_file_and_line,
        a_script_run_at_the_prompt_says_so_too,
        formats_and_files_hold_in_scripts,
        commands_of_the_shell_work_here_too,
        a_job_of_a_script_is_waited_for_and_named,
        leaving_names_what_is_given_up,
        a_measurement_of_failures_fails,
        log_lines_are_as_loud_as_wanted,
    ]:
        report.run("repl", fact, sys.argv[1])
    sys.exit(report.finish())
