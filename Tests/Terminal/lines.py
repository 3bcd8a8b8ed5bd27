# SPDX-License-Identifier: Apache-2.0
"""Typing at the REPL: completion, quotes, JSON, history, variables. lines.py MCPCTL"""

import os
import pathlib
import stat
import sys
import tempfile

from harness import Report, equal, expect
from window import PYTHON, Window, contents, golden, our_window, tell


def the_first_screen_says_who_answers_and_what_there_is(mcpctl):
    with Window(mcpctl) as window:
        window.run("tools")
        golden("start", window.text())


def a_tool_is_described(mcpctl):
    with Window(mcpctl) as window:
        window.run("\\d calculator")
        golden("describe", window.text())


def help_lists_everything(mcpctl):
    with Window(mcpctl, rows=80) as window:
        window.run("\\?")
        golden("help", window.text())


def tab_completes_a_tool(mcpctl):
    with Window(mcpctl) as window:
        window.at_prompt()
        window.type("call calc\t")
        window.at_prompt("call calculator ")


def tab_lists_what_fits(mcpctl):
    with Window(mcpctl) as window:
        window.at_prompt()
        window.type("call \t")
        window.see("Answers with the message it was given.")
        window.at_prompt("call ")
        window.type("ec\t")
        window.at_prompt("call echo ")
        window.type("\t")
        window.at_prompt("call echo message=")


def tab_offers_required_arguments_first_and_none_twice(mcpctl):
    with our_window(mcpctl) as (folder, window):
        window.at_prompt()
        window.type("call calculator \t")
        window.see("* NUMBER First number.")
        window.at_prompt("call calculator ")
        golden("arguments", window.text())
        window.type("a=1 b\t")
        window.at_prompt("call calculator a=1 b=")
        window.type("2 ex\t")
        window.at_prompt("call calculator a=1 b=2 exact=")
        window.type("t\t")
        window.at_prompt("call calculator a=1 b=2 exact=true ")
        window.type("\t")
        window.at_prompt("call calculator a=1 b=2 exact=true operation=")


def tab_lists_the_values_of_an_enumeration(mcpctl):
    with our_window(mcpctl) as (folder, window):
        window.at_prompt()
        window.type("call calculator operation=\t")
        for value in ["add", "subtract", "multiply", "divide"]:
            window.see(f"operation={value}")
        window.at_prompt("call calculator operation=")
        window.type("mul\t")
        window.at_prompt("call calculator operation=multiply ")


def tab_asks_the_server_for_values_of_prompts_and_templates(mcpctl):
    with Window(mcpctl) as window:
        window.at_prompt()
        window.type("prompt gr\tla\tG\t")
        window.at_prompt("prompt greet language=German ")
        window.type("\x15read sample://gr\tG\t")
        window.at_prompt("read sample://greeting/Grace ")


def tab_completes_files_commands_and_variables(mcpctl):
    with Window(mcpctl) as window:
        pathlib.Path(window.home, "letter.txt").write_text("dear all")
        window.at_prompt()
        window.type("echo message=@let\t")
        window.at_prompt("echo message=@letter.txt ")
        window.type("\r")
        window.see("dear all")
        window.run("long_name = echo message=hi")
        window.type("\\conn\t")
        window.at_prompt("\\conninfo ")
        window.type("\x15$lon\t")
        window.at_prompt("$long_name")


def an_open_brace_goes_on_in_the_next_line(mcpctl):
    with Window(mcpctl) as window:
        window.enter("call calculator {")
        window.at_prompt(prompt="...> ")
        window.type('"a": 40,\r')
        window.type('"b": 2}\r')
        window.see("\n42\n")
        window.enter("echo message='one")
        window.at_prompt(prompt="...> ")
        window.type("two'\r")
        window.see("one\\ntwo")
        window.at_prompt()
        equal(window.history().count("...>"), 0)


def a_line_half_typed_stays_when_the_server_speaks(mcpctl):
    with our_window(mcpctl) as (folder, window):
        window.at_prompt()
        window.type("call calculator a=1")
        window.at_prompt("call calculator a=1")
        tell(folder)
        window.see("[warning] the disk is full")
        window.at_prompt("call calculator a=1")
        lines = window.lines()
        expect(lines.index("[warning] the disk is full") < lines.index(PYTHON + "call calculator a=1"), "it is above")
        equal(sum("call calculator a=1" in line for line in lines), 1, "how often the line shows")
        window.type(" b=2\r")
        window.see("\n3\n")


def a_long_half_typed_line_stays_too(mcpctl):
    with our_window(mcpctl, columns=40) as (folder, window):
        window.at_prompt()
        window.type("call login user=" + "abcdefghij" * 6)
        window.until(lambda: "".join(window.lines()).endswith("abcdefghij" * 6), "the line does not wrap")
        tell(folder)
        window.see("the disk is full")
        window.until(lambda: "".join(window.lines()).count("abcdefghij" * 6) == 1, "it is not drawn once")


def ctrl_c_at_the_prompt_clears_the_line(mcpctl):
    with Window(mcpctl) as window:
        window.at_prompt()
        window.type("call nothing")
        window.at_prompt("call nothing")
        window.type("\x03")
        window.at_prompt()
        window.type("\x03\x03")
        window.see("^C\nbuiltin> ^C")
        window.enter("call calculator {")
        window.at_prompt(prompt="...> ")
        window.type("\x03")
        window.at_prompt()
        expect("3" in window.run("calculator a=1 b=2"), "it still works")


def changes_of_the_tools_are_told_and_completed(mcpctl):
    with our_window(mcpctl) as (folder, window):
        window.enter("grow")
        window.see("# tools changed: +novel")
        window.at_prompt()
        window.type("call nov\t")
        window.at_prompt("call novel ")


def the_history_outlives_kill_9(mcpctl):
    with tempfile.TemporaryDirectory() as home:
        with Window(mcpctl, home=home) as window:
            window.run("echo message=remembered")
            window.process.kill()
            window.ended()
        equal(stat.S_IMODE(os.stat(f"{home}/state/mcpctl/history").st_mode), 0o600, "mode of the history")
        with Window(mcpctl, home=home) as window:
            window.at_prompt()
            window.type("\x1b[A")
            window.at_prompt("echo message=remembered")


def sessions_side_by_side_add_to_one_history(mcpctl):
    with tempfile.TemporaryDirectory() as home:
        with Window(mcpctl, home=home) as one, Window(mcpctl, home=home) as two:
            one.run("echo message=first")
            two.run("echo message=second")
            one.run("echo message=third")
        lines = contents(f"{home}/state/mcpctl/history").split()
        equal([line for line in lines if "=" in line], ["message=first", "message=second", "message=third"])


def secrets_and_lines_with_a_blank_in_front_are_not_kept(mcpctl):
    with our_window(mcpctl) as (folder, window):
        window.run("login password=hunter2 user=ada")
        window.run('login {"password": "hunter3"}')
        window.run("tools/call login password:='\"hunter4\"'")
        window.run(" login user=blank")
        window.run("login user=kept")
        equal(window.history(), "login user=kept\n")
        window.type("\x1b[A\x1b[A")
        window.at_prompt("login user=kept")


def variables_and_filters(mcpctl):
    with Window(mcpctl) as window:
        equal(window.run("x = calculator a=40 b=2").split("\n")[0].startswith("["), True, "only the time is shown")
        expect("44" in window.run("calculator a=$x.structuredContent.result b=2"), "a variable in a word")
        expect("44" in window.run("$_.structuredContent.result"), "the last result")
        expect(window.run("echo message=hi | .content[0].text").startswith('{"echo":"hi"}'), "a part")
        expect("HI" in window.run("echo message=hi | .structuredContent.echo | !tr a-z A-Z"), "a shell command")
        expect("no variable '$y'" in window.run("echo message=$y"), "an unknown variable")


def expanded_display_and_formats(mcpctl):
    with Window(mcpctl) as window:
        window.run("\\x")
        expect("DESCRIPTION  Waits" in window.run("\\dt sle*"), "rows below each other")
        window.run("\\o json")
        expect('"result": 3' in window.run("calculator a=1 b=2"), "a format")
        window.run("\\o results.txt")
        window.run("\\timing off")
        equal(window.run("echo message=elsewhere"), "", "nothing on the screen")
        window.run("\\o")
        expect("elsewhere" in contents(f"{window.home}/results.txt"), "the file")
        equal(stat.S_IMODE(os.stat(f"{window.home}/results.txt").st_mode), 0o600, "mode of the file")


def the_editor_gets_a_call_with_all_it_takes(mcpctl):
    with Window(mcpctl, environment={"EDITOR": "cp \"$0\" seen; sed -i 's/\"a\": 0/\"a\": 40/;s/\"b\": 0/\"b\": 2/'"}) as window:
        shown = window.run("\\e calculator")
        expect("42" in shown, f"what was written is run: {shown}")
        expect('"operation": "add"' in window.history(), f"and kept: {window.history()}")


def what_is_to_be_edited_names_all_a_tool_takes(mcpctl):
    with our_window(mcpctl, environment={"EDITOR": "cat"}) as (_, window):
        window.at_prompt()
        window.type("\\e calculator\r")
        window.see("call calculator {")
        shown = window.everything()
        order = [shown.index(name) for name in ["# a* NUMBER: First number.", "# b* NUMBER", "# operation", "# exact BOOLEAN", '"a": 0', '"b": 0', '"operation": "add"']]
        equal(order, sorted(order), "required ones first")
        expect("add|subtract|multiply|divide" in shown, "the values it may have")


def the_last_request_is_edited(mcpctl):
    with tempfile.TemporaryDirectory() as home:
        editor = pathlib.Path(home, "editor")
        editor.write_text("#!/bin/sh\nsed -i s/a=1/a=40/ \"$1\"\n")
        editor.chmod(0o755)
        with Window(mcpctl, home=home, environment={"VISUAL": str(editor), "EDITOR": "false"}) as window:
            window.run("calculator a=1 b=2")
            expect("42" in window.run("\\e"), "what was written is run")
            equal(window.history(), "calculator a=1 b=2\n\\e\ncalculator a=40 b=2\n")


def shell_commands_get_the_terminal(mcpctl):
    with Window(mcpctl) as window:
        window.enter("\\! echo ready; read line && echo \"<$line>\"")
        window.see("\nready")
        window.type("typed\r")
        window.see("<typed>")
        window.at_prompt()
        expect("ended with 3" in window.run("\\! exit 3"), "the exit code")


def a_program_that_has_the_terminal_has_ctrl_c_too(mcpctl):
    with Window(mcpctl) as window:
        window.enter("\\! trap 'echo caught; exit 0' INT; echo ready; read line")
        window.see("\nready")
        window.type("\x03")
        window.see("caught")
        window.at_prompt()


def what_was_typed_before_is_hinted_at(mcpctl):
    with Window(mcpctl, environment={"NO_COLOR": ""}) as window:
        window.run("calculator a=40 b=2")
        window.type("calc")
        window.until(lambda: window.lines()[window.screen.cursor.y] == "builtin> calculator a=40 b=2", "no hint")
        window.at_prompt("calc")
        window.type("\x1b[C")
        window.at_prompt("calculator a=40 b=2")
        window.type("\r")
        window.until(lambda: window.text().count("\n42") == 2, "it is not what was hinted at")
        window.type("calc")
        window.until(lambda: window.lines()[window.screen.cursor.y] == "builtin> calculator a=40 b=2", "no hint")
        window.type("\x03")
        window.see("builtin> calc^C")
        expect("calc^Culator" not in window.text(), window.text())


def what_a_tool_takes_is_hinted_at(mcpctl):
    with our_window(mcpctl, environment={"NO_COLOR": ""}) as (folder, window):
        window.at_prompt()
        window.type("calculator a=1 ")
        wanted = PYTHON + "calculator a=1 b=NUMBER [operation=add|subtract|multiply|divide"
        window.until(lambda: window.lines()[window.screen.cursor.y].startswith(wanted), "no hint")
        golden("hint", window.text())
        window.type("\x05")
        window.at_prompt("calculator a=1 ")
        tell(folder)
        window.see("the disk is full")
        window.until(lambda: window.lines()[window.screen.cursor.y].startswith(wanted), "no hint after the notice")
        window.type("b=2\r")
        window.see("\n3\n")


def without_colour_nothing_is_hinted_at(mcpctl):
    with Window(mcpctl) as window:
        window.run("calculator a=40 b=2")
        window.type("calc")
        window.at_prompt("calc")
        window.type("u")
        window.at_prompt("calcu")
        equal(window.lines()[window.screen.cursor.y], "builtin> calcu")


def ctrl_r_searches_the_history(mcpctl):
    with Window(mcpctl) as window:
        window.run("echo message=needle")
        window.run("calculator a=1 b=2")
        window.type("\x12need")
        window.see("(reverse-i-search)`need': echo message=needle")
        window.type("\r")
        window.until(lambda: window.text().count('{"echo":"needle"}') == 2, "it is not run")


def the_users_inputrc_holds(mcpctl):
    with tempfile.TemporaryDirectory() as home:
        pathlib.Path(home, "rc").write_text('set editing-mode vi\n$if mcpctl\n"\\C-g": "calculator a=1 "\n$endif\n')
        with Window(mcpctl, home=home, environment={"INPUTRC": f"{home}/rc"}) as window:
            window.at_prompt()
            window.type("\x07b=2")
            window.at_prompt("calculator a=1 b=2")
            window.type("\x1b0cwecho\x1b$xxxxxxxamessage=vi\r")
            window.see('{"echo":"vi"}')


def what_is_pasted_is_not_run_before_enter(mcpctl):
    with Window(mcpctl) as window:
        window.at_prompt()
        window.type("\x1b[200~echo message=one\necho message=two\x1b[201~")
        window.until(lambda: window.line().endswith("message=two"), "it is not there")
        expect('{"echo"' not in window.text(), "it is run")
        window.type("\r")
        window.see('{"echo":"one"}')
        window.see('{"echo":"two"}')


def values_given_before_are_completed(mcpctl):
    with Window(mcpctl) as window:
        window.run("echo message=remembered")
        window.type("call echo mess\tre\t")
        window.at_prompt("call echo message=remembered ")


def values_that_were_refused_are_not_completed(mcpctl):
    with Window(mcpctl) as window:
        expect("not a number" in window.run("calculator a=x b=2"), "it is refused")
        window.run("calculator a=17 b=2")
        window.type("calculator a=\t")
        window.at_prompt("calculator a=17 ")


def a_misspelt_command_is_known_for_one(mcpctl):
    with Window(mcpctl, columns=160) as window:
        expect("did you mean the command 'tools'?" in window.run("tols"), window.text())
        expect("did you mean the command 'quit'?" in window.run("quit()"), window.text())
        expect("did you mean 'calculator'?" in window.run("calculater a=1 b=2"), window.text())
        expect("`\\c` connects to a server" in window.run("connect loc"), window.text())
        expect("`help` lists the commands" in window.run("xyzzy"), window.text())


def a_line_of_the_shell_can_be_pasted(mcpctl):
    with Window(mcpctl, columns=160) as window:
        window.run("\\timing off")
        equal(window.run("mcpctl tools ls -o name"), window.run("tools ls -o name"))
        equal(window.run("mcpctl call calculator a=1 b=2"), "3")
        expect("--server concerns the whole session" in window.run("mcpctl -s elsewhere tools ls"), window.text())


def options_of_commands_are_completed(mcpctl):
    with Window(mcpctl) as window:
        window.at_prompt()
        for begun, whole in [("tools ls --pa", "tools ls --path "), ("tools/list --col", "tools/list --columns "),
                             ("\\sessions --sto", "\\sessions --store ")]:
            window.type(begun + "\t")
            window.at_prompt(whole)
            window.type("\x15")
            window.at_prompt()


def raw_methods_and_short_forms_say_the_same(mcpctl):
    with Window(mcpctl) as window:
        window.run("\\timing off")
        for forms in [["tools/list", "tools", "tools ls", "\\dt"], ["resources/list", "resources", "\\dr"],
                      ["tools/call calculator a=1 b=2", "call calculator a=1 b=2", "calculator a=1 b=2"],
                      ["resources/read sample://about", "resources/read uri=sample://about", "read sample://about"],
                      ["prompts/get greet name=Ada", "prompt greet name=Ada"]]:
            shown = {window.run(form) for form in forms}
            equal(len(shown), 1, f"answers to {forms}: {shown}")
        expect('"tools":' in window.run("tools/list cursor='' | !cut -c 1-40") or "mcpctl:" in window.text(), "parameters go along")


def the_history_is_shown_and_saved(mcpctl):
    with Window(mcpctl) as window:
        window.run("echo message=one")
        equal(window.run("\\history"), "echo message=one\n\\history")
        window.run("\\s lines.txt")
        equal(contents(f"{window.home}/lines.txt"), "echo message=one\n\\history\n\\s lines.txt\n")


def the_history_of_a_server_is_its_own(mcpctl):
    with tempfile.TemporaryDirectory() as home:
        with our_window(mcpctl, home=home) as (folder, window):
            window.run("calculator a=1 b=2")
        with Window(mcpctl, home=home) as window:
            window.run("echo message=one")
            equal(window.run("\\history"), "echo message=one\n\\history")
            equal(window.run("\\s"), "calculator a=1 b=2\necho message=one\n\\history\n\\s")
            window.type("\x1b[A" * 4)
            window.at_prompt("calculator a=1 b=2")


def hints_name_what_can_be_typed_here(mcpctl):
    with our_window(mcpctl) as (folder, window):
        window.run("\\timing off")
        shown = window.run("complete greet:name=A")
        expect("`info` shows" in shown.replace("\n", " ") and "mcpctl info" not in shown, shown)
        shown = window.run("tools calculator")
        expect("Usage\n  call calculator a=NUMBER" in shown and "mcpctl" not in shown, shown)
        expect("Usage\n  call calculator a=NUMBER" in window.run("call calculator --help"), "the help of a call")
        shown = window.run("call")
        expect("usage: call [options] <tool>" in shown, shown)
        expect("mcpctl tools" not in window.run("call nosuch"), window.text())


def help_knows_commands_topics_and_tools(mcpctl):
    with our_window(mcpctl, rows=60) as (folder, window):
        expect("--answer FILE takes the answers" in window.run("help answers").replace("\n", " "), "a topic")
        expect("repeat the last request" in window.run("help \\watch"), "a backslash command")
        expect("First number." in window.run("help calculator"), "a tool")
        expect("Check that a server" in window.run("help ping") or "ping" in window.text(), "a command")
        expect("did you mean 'answers'?" in window.run("help answer").replace("\n", " "), "what is near")
        window.type("help ans\t")
        window.at_prompt("help answers ")


if __name__ == "__main__":
    report = Report("lines")
    for fact in [
        the_first_screen_says_who_answers_and_what_there_is,
        a_tool_is_described,
        help_lists_everything,
        tab_completes_a_tool,
        tab_lists_what_fits,
        tab_offers_required_arguments_first_and_none_twice,
        tab_lists_the_values_of_an_enumeration,
        tab_asks_the_server_for_values_of_prompts_and_templates,
        tab_completes_files_commands_and_variables,
        an_open_brace_goes_on_in_the_next_line,
        a_line_half_typed_stays_when_the_server_speaks,
        a_long_half_typed_line_stays_too,
        ctrl_c_at_the_prompt_clears_the_line,
        changes_of_the_tools_are_told_and_completed,
        the_history_outlives_kill_9,
        sessions_side_by_side_add_to_one_history,
        secrets_and_lines_with_a_blank_in_front_are_not_kept,
        variables_and_filters,
        expanded_display_and_formats,
        the_editor_gets_a_call_with_all_it_takes,
        what_is_to_be_edited_names_all_a_tool_takes,
        the_last_request_is_edited,
        what_was_typed_before_is_hinted_at,
        what_a_tool_takes_is_hinted_at,
        without_colour_nothing_is_hinted_at,
        ctrl_r_searches_the_history,
        the_users_inputrc_holds,
        what_is_pasted_is_not_run_before_enter,
        values_given_before_are_completed,
        values_that_were_refused_are_not_completed,
        a_misspelt_command_is_known_for_one,
        a_line_of_the_shell_can_be_pasted,
        options_of_commands_are_completed,
        the_history_of_a_server_is_its_own,
        hints_name_what_can_be_typed_here,
        help_knows_commands_topics_and_tools,
        raw_methods_and_short_forms_say_the_same,
        the_history_is_shown_and_saved,
        shell_commands_get_the_terminal,
        a_program_that_has_the_terminal_has_ctrl_c_too,
    ]:
        report.run("repl", fact, sys.argv[1])
    sys.exit(report.finish())
