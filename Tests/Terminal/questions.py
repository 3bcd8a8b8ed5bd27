# SPDX-License-Identifier: Apache-2.0
"""Questions of a server at the REPL. questions.py MCPCTL"""

import sys
import tempfile

from harness import Report, equal, expect
from window import PYTHON, Window, golden, our_server, our_window


def fill_in(window):
    window.see("Name:")
    window.answer("Ada")
    window.see("Nights, optional [2]:")
    window.answer("3")
    window.see("PIN, optional:")
    window.until_hidden()
    window.type("4711\r")
    window.see("Send this?")
    window.answer("y")


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
        window.answer("Bo")
        window.see("Nights, optional")
        window.answer("")
        window.see("PIN, optional:")
        window.until_hidden()
        window.type("\r")
        window.see("Send this?")
        window.answer("d")
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


def a_form_offers_values_and_asks_again(mcpctl):
    with our_window(mcpctl) as (folder, window):
        window.enter("book meal=true")
        window.see("Name:")
        window.answer("Ada")
        window.see("Nights, optional [2]:")
        window.answer("many")
        window.until(lambda: window.everything().count("Nights, optional [2]:") == 2, "it is not asked again")
        window.answer("")
        window.see("PIN, optional:")
        window.until_hidden()
        window.type("\r")
        window.see("Meal")
        window.see("Meal, optional:")
        golden("form", window.text())
        window.answer("soup")
        window.see("Send this?")
        window.answer("y")
        window.at_prompt()
        expect('"nights": 2, "meal": "soup"' in window.everything().replace("\n", ""), window.text())


def a_page_is_opened_only_after_a_yes(mcpctl):
    with our_window(mcpctl) as (folder, window):
        window.enter("visit")
        window.see("Open it in the browser? (y)es")
        golden("page", window.text())
        window.answer("n")
        window.see("visited: {")
        window.at_prompt()
        expect('"action": "accept"' not in window.text(), "no is no")


def options_answer_what_nobody_types(mcpctl):
    with tempfile.TemporaryDirectory() as folder:
        words = ["--sampling-cmd", "echo wet", "--root", folder, *our_server(folder)]
        with Window(mcpctl, *words, prompt=PYTHON) as window:
            expect('"text": "wet"' in window.run("think"), "sampling")
            expect(f'"file://{folder}"' in window.run("where"), "roots")


if __name__ == "__main__":
    report = Report("questions")
    for fact in [
        a_form_is_filled_in_where_the_call_stands,
        declining_and_leaving_are_different_answers,
        ctrl_c_in_a_form_cancels_the_call,
        a_job_waits_for_its_answer,
        a_form_offers_values_and_asks_again,
        a_page_is_opened_only_after_a_yes,
        options_answer_what_nobody_types,
    ]:
        report.run("repl", fact, sys.argv[1])
    sys.exit(report.finish())
