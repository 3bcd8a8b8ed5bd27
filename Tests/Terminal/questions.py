# SPDX-License-Identifier: Apache-2.0
"""Questions of a server at the REPL. questions.py MCPCTL"""

import json
import os
import pathlib
import sys
import tempfile

from harness import Report, equal, expect
from window import PYTHON, Window, golden, heard, our_server, our_window


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
        window.see("the server was told, and the server answers still")
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
        words = ["--no-input", "--sampling-cmd", "echo wet", "--root", folder, *our_server(folder)]
        with Window(mcpctl, *words, prompt=PYTHON) as window:
            expect('"text": "wet"' in window.run("think"), "sampling")
            expect(f'"file://{folder}"' in window.run("where"), "roots")


def roots_change_while_the_connection_stays(mcpctl):
    with our_window(mcpctl) as (folder, window):
        window.run("\\timing off")
        for name in ["alpha one", "beta"]:
            pathlib.Path(window.home, name).mkdir()
        pathlib.Path(window.home, "alpha file").write_text("")
        home = os.path.realpath(window.home)
        equal(heard(folder, "initialize")[0]["params"]["capabilities"]["roots"], {"listChanged": True})
        equal(window.run("\\roots"), "no roots; \\roots add DIR offers one")
        expect('roots: {"roots": []}' in window.run("where"), "none at first")
        window.type("\\roo\tad\tal\t")
        window.at_prompt("\\roots add 'alpha one/'")
        window.type("\r")
        window.see("one; python3 was told".replace("python3", PYTHON.removesuffix("> ")))
        equal(len(heard(folder, "notifications/roots/list_changed")), 1, "how often it was told")
        expect(f'file://{home}/alpha%20one' in window.run("where").replace("\n", ""), "the server has it")
        expect("offered already" in window.run("\\roots add 'alpha one'"), "not twice")
        equal(len(heard(folder, "notifications/roots/list_changed")), 1, "how often it was told")
        expect("offered already" in window.run("\\roots add '~/alpha one'"), "the home of the user")
        window.type("\\roots add ~/be\t")
        window.at_prompt("\\roots add ~/beta/")
        window.type("\r")
        window.see("beta; ")
        window.at_prompt()
        shown = window.run("\\roots")
        expect(f"{home}/alpha one" in shown and f"file://{home}/beta" in shown.replace("\n", ""), shown)
        equal([root["name"] for root in json.loads(window.run("\\roots -o json"))["roots"]], ["alpha one", "beta"])
        pathlib.Path(window.home, "beta").rmdir()
        window.type("\\roots rm " + home + "/b\t")
        window.see(home + "/beta")
        window.type("\r")
        window.see("no longer offered")
        expect("beta" not in window.run("where").replace("\n", ""), "it is gone")
        equal(len(heard(folder, "notifications/roots/list_changed")), 3, "how often it was told")


def what_is_no_directory_is_no_root(mcpctl):
    with our_window(mcpctl) as (folder, window):
        pathlib.Path(window.home, "file").write_text("")
        expect("nowhere: No such file or directory" in window.run("\\roots add . nowhere"), "it does not exist")
        expect("file: Not a directory" in window.run("\\roots add file"), "it is a file")
        expect("nowhere is no root; there are none" in window.run("\\roots rm nowhere"), "it is none")
        expect("write \\roots, \\roots add DIR or \\roots rm DIR" in window.run("\\roots put x"), "usage")
        expect("no roots" in window.run("\\roots"), "nothing has changed")
        equal(heard(folder, "notifications/roots/list_changed"), [])


def roots_go_along_to_other_servers_of_both_eras(mcpctl):
    with tempfile.TemporaryDirectory() as folder:
        with Window(mcpctl, "--root", folder) as window:
            window.run("\\timing off")
            expect("servers hear of it when they ask" in window.run("\\roots add /"), "nobody is told")
            window.enter("\\c " + " ".join(our_server(folder)))
            window.see("# connected to")
            window.at_prompt(prompt=PYTHON)
            window.type("where\r")
            window.see('"file:///"')
            expect(f'"file://{os.path.realpath(folder)}"' in window.everything().replace("\n", ""), window.text())


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
        roots_change_while_the_connection_stays,
        what_is_no_directory_is_no_root,
        roots_go_along_to_other_servers_of_both_eras,
    ]:
        report.run("repl", fact, sys.argv[1])
    sys.exit(report.finish())
