# SPDX-License-Identifier: Apache-2.0
"""Questions of a server at the REPL. questions.py MCPCTL"""

import sys

from harness import Report, equal, expect
from window import our_window


def fill_in(window):
    window.see("Name:")
    window.type("Ada\r")
    window.see("Nights, optional [2]:")
    window.type("3\r")
    window.see("PIN, optional:")
    window.until_hidden()
    window.type("4711\r")
    window.see("Send this?")
    window.type("y\r")


def a_form_is_filled_in_where_the_call_stands(mcpctl):
    with our_window(mcpctl) as (folder, window):
        window.enter("book")
        window.see("asks] Who stays?")
        fill_in(window)
        window.see('"name": "Ada", "nights": 3')
        window.at_prompt()
        typed = window.everything().split("PIN, optional:")[1].split("Send this?")[0]
        equal(typed.strip(), "", "what shows of a secret")
        equal(window.history(), "book\n")
        window.type("\x1b[A")
        window.at_prompt("book")


def declining_and_leaving_are_different_answers(mcpctl):
    with our_window(mcpctl) as (folder, window):
        window.enter("book")
        window.see("Name:")
        window.type("\x04")
        window.see('booked: {"action": "cancel"}')
        window.enter("book")
        window.until(lambda: window.text().count("Name:") == 2, "no second form")
        window.type("Bo\r")
        window.see("Nights, optional")
        window.type("\r")
        window.see("PIN, optional:")
        window.until_hidden()
        window.type("\r")
        window.see("Send this?")
        window.type("d\r")
        window.see('booked: {"action": "decline"}')
        window.at_prompt()


def ctrl_c_in_a_form_cancels_the_call(mcpctl):
    with our_window(mcpctl) as (folder, window):
        window.enter("book")
        window.see("Name:")
        window.type("Ad\x03")
        window.see("the server was told, and answers")
        window.at_prompt()
        expect("3" in window.run("calculator a=1 b=2"), "it still works")


def a_job_waits_for_its_answer(mcpctl):
    with our_window(mcpctl) as (folder, window):
        window.enter("book &")
        window.see("\\respond answers")
        window.at_prompt()
        window.type("\\respond\r")
        fill_in(window)
        window.see('"name": "Ada", "nights": 3')
        window.see("[1] done after")
        window.at_prompt()
        expect("no server asks anything" in window.run("\\respond"), "nothing is left")


if __name__ == "__main__":
    report = Report("questions")
    for fact in [
        a_form_is_filled_in_where_the_call_stands,
        declining_and_leaving_are_different_answers,
        ctrl_c_in_a_form_cancels_the_call,
        a_job_waits_for_its_answer,
    ]:
        report.run("repl", fact, sys.argv[1])
    sys.exit(report.finish())
