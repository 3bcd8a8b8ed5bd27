# SPDX-License-Identifier: Apache-2.0
"""What the REPL tells of the server: its sessions, and what is wrong with it. looking.py MCPCTL"""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

from endings import run
from harness import Report, Skip, equal, expect, free_port, listening
from several import with_two
from window import PYTHON, Window, heard, our_server, our_window, tell, until

KEY = "an-admin-key-of-tests"


def sessions_are_those_a_shell_lists(mcpctl):
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        place, name = f"http://127.0.0.1:{port}", f"127.0.0.1:{port}"
        pathlib.Path(folder, "c.yaml").write_text(f"transport: {{type: http-stream, port: {port}}}\nauth.admin_key: {KEY}\n")
        with listening([mcpctl, "serve", "--config", f"{folder}/c.yaml"], port):
            variables = {"MCPCTL_ADMIN_KEY": KEY}
            with Window(mcpctl, name, "--protocol", "legacy", prompt=f"{name}> ", columns=160, environment=variables) as window:
                shown = window.run(f"\\sessions --store {place}")
                expect(shown.startswith("ID ") and "mcpctl" in shown, shown)
                own = window.run(f"\\sessions --store {place} -o name")
                shell = subprocess.run([mcpctl, "sessions", "ls", "--store", place, "-o", "name"], capture_output=True,
                                       text=True, env={**os.environ, **variables})
                equal(own, shell.stdout.strip(), "the session of this very window")
                equal(window.run(f"\\sessions --store {place} | .sessions[0].id"), own, "a part of the list")
                window.run("\\o json")
                equal(json.loads(window.run(f"\\sessions --store {place}"))["sessions"][0]["id"], own)


def where_there_is_no_store_that_is_said_as_in_a_shell(mcpctl):
    with Window(mcpctl) as window:
        shown = window.run("\\sessions")
        shell = subprocess.run([mcpctl, "sessions", "ls"], capture_output=True, text=True,
                               env={"PATH": os.environ["PATH"], "HOME": window.home})
        equal(shown.replace("\n", ""), shell.stderr.replace("\n", ""))
        expect("no store is named" in shown, shown)
        expect("`\\sessions` lists sessions here" in window.run("sessions ls").replace("\n", " "), "the word of the shell")
        expect("no option '--nosuch'" in window.run("\\sessions --nosuch"), "an option there is not")


def the_server_that_is_open_is_named_where_there_is_no_store(mcpctl):
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        place, name = f"http://127.0.0.1:{port}", f"127.0.0.1:{port}"
        with listening([mcpctl, "serve", "--transport", "http-stream", "--port", str(port)], port):
            with Window(mcpctl, f"http://ada:pw@{name}/mcp", prompt=f"{name}> ", columns=200, environment={"MCPCTL_ADMIN_KEY": KEY}) as window:
                shown = window.run("\\sessions").replace("\n", "")
                expect(f"--store {place}, with its auth.admin_key in MCPCTL_ADMIN_KEY" in shown and "pw" not in shown, shown)
                shown = window.run(f"\\sessions --store {place}").replace("\n", "")
                expect("the server has no auth.admin_key, so nobody may look at its sessions" in shown, shown)


def sessions_in_redis_are_listed(mcpctl):
    if not shutil.which("redis-server"):
        raise Skip("there is no redis-server")
    redis, port = free_port(), free_port()
    name = f"127.0.0.1:{port}"
    with listening(["redis-server", "--port", str(redis), "--bind", "127.0.0.1", "--save", ""], redis):
        url = f"redis://127.0.0.1:{redis}"
        with listening([mcpctl, "serve", "--transport", "http-stream", "--port", str(port), "--redis", url, "--node-name", "n1"], port):
            with Window(mcpctl, name, "--protocol", "legacy", prompt=f"{name}> ", columns=160,
                        environment={"MCPCTL_REDIS_URL": url}) as window:
                shown = window.run("\\sessions")
                expect("n1" in shown and "mcpctl" in shown, shown)


def a_doctor_examines_the_server_that_is_open(mcpctl):
    with our_window(mcpctl, columns=120) as (folder, window):
        window.run("\\timing off")
        shown = window.run("doctor")
        steps = [line.split()[:2] for line in shown.split("\n")]
        equal(steps, [["ok", step] for step in ["target", "command", "start", "discovery", "version", "capabilities", "answer", "stderr", "end"]])
        equal(window.run("doctor -o json --path .ok"), "true")
        equal(window.run("doctor | .failed"), "null")
        equal(window.run("calculator a=1 b=2"), "3", "the connection is as it was")
        expect("one word too many" in window.run("doctor http://elsewhere.example/"), "another server")


@with_two
def a_doctor_examines_all_that_are_open(folder, window):
    shown = window.run("doctor")
    expect("# builtin\n" in shown and "# ours\n" in shown and shown.count("discovery") == 2, shown)
    expect("# builtin" not in window.run("@ours doctor"), "one alone")


def a_doctor_finds_what_is_wrong_meanwhile(mcpctl):
    with tempfile.TemporaryDirectory() as folder:
        script = pathlib.Path(folder, "once")
        script.write_text(f"#!/bin/sh\n[ -e {folder}/pid ] && exit 1\nexec {sys.executable} {our_server(folder)[2]} {folder}\n")
        script.chmod(0o755)
        done = run(mcpctl, "-e", "doctor", "--", str(script))
        equal(done.returncode, 1, "exit code")
        expect("wrong    discovery" in done.stdout, done.stdout + done.stderr)


def changes_of_a_resource_are_told_and_outlive_the_server(mcpctl):
    with tempfile.TemporaryDirectory() as folder:
        with Window(mcpctl, *our_server(folder, "resources"), prompt=PYTHON) as window:
            window.run("\\timing off")
            window.at_prompt()
            window.type("\\sub no\t\r")
            window.see("changes of note://one are told")
            expect("told already" in window.run("\\sub note://one"), "not twice")
            window.enter("touch")
            window.see("# updated: note://one")
            window.at_prompt()
            window.type("half a line")
            window.at_prompt("half a line")
            tell(folder, signal.SIGKILL)
            window.see("the connection was away and is back")
            until(lambda: len(heard(folder, "resources/subscribe")) == 2, "it is not asked again")
            window.at_prompt("half a line")
            window.type("\x15touch\r")
            window.until(lambda: window.everything().count("# updated: note://one") == 2, "the change is not told")
            window.run("\\unsub note://one")
            until(lambda: heard(folder, "resources/unsubscribe"), "it is not told so")
            equal(window.run("touch"), "touched", "nobody is told any more")
            expect("were not told" in window.run("\\unsub note://one"), "nothing is left")


def tools_that_a_modern_server_gets_later_are_told(mcpctl):
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        name, file = f"127.0.0.1:{port}", pathlib.Path(folder, "c.yaml")
        text = f"transport: {{type: http-stream, port: {port}}}\n"
        file.write_text(text + "tools: {deny: [sleep, weather]}\n")
        with listening([mcpctl, "serve", "--config", str(file)], port) as server:
            with Window(mcpctl, name, prompt=f"{name}> ") as window:
                expect("sleep" not in window.run("tools"), "it is there already")
                window.type("call we")
                window.at_prompt("call we")
                file.write_text(text + "tools: {deny: [sleep]}\n")
                server.send_signal(signal.SIGHUP)
                window.see("# tools changed: +weather")
                window.at_prompt("call we")
                window.type("\t")
                window.at_prompt("call weather ")


def definitions_templates_and_names_of_servers_are_shown(mcpctl):
    with tempfile.TemporaryDirectory() as folder:
        with Window(mcpctl, *our_server(folder, "resources"), prompt=PYTHON, columns=120, rows=50) as window:
            window.run("\\timing off")
            definition = json.loads(window.run("\\d+ calculator"))
            equal(definition["inputSchema"]["required"], ["a", "b"], "as it was sent")
            expect("note://{name}  " in window.run("\\dT"), "templates")
            shown = window.run("\\d *o*")
            expect("note://one" in shown and "calculator" in shown and "die" not in shown, shown)
            expect("builtin" in window.run("\\l"), "names")
            subprocess.run([mcpctl, "servers", "add", "prod", "http://127.0.0.1:9/mcp"], check=True, capture_output=True,
                           env={"PATH": os.environ["PATH"], "HOME": window.home})
            shown = window.run("\\l")
            expect(any(line.split() == ["prod", "http://127.0.0.1:9/mcp"] for line in shown.split("\n")), shown)


if __name__ == "__main__":
    report = Report("looking")
    for fact in [
        sessions_are_those_a_shell_lists,
        where_there_is_no_store_that_is_said_as_in_a_shell,
        the_server_that_is_open_is_named_where_there_is_no_store,
        sessions_in_redis_are_listed,
        a_doctor_examines_the_server_that_is_open,
        a_doctor_examines_all_that_are_open,
        a_doctor_finds_what_is_wrong_meanwhile,
        changes_of_a_resource_are_told_and_outlive_the_server,
        tools_that_a_modern_server_gets_later_are_told,
        definitions_templates_and_names_of_servers_are_shown,
    ]:
        report.run("repl", fact, sys.argv[1])
    sys.exit(report.finish())
