# SPDX-License-Identifier: Apache-2.0
"""Our client against servers nobody here wrote. foreign.py MCPCTL time|git|fetch|fastmcp"""

import contextlib
import http.server
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading

from harness import Report, equal, expect, free_port, listening
from transcript import BIN, Transcript
from window import Window, contents, until

TEA = str(pathlib.Path(__file__).resolve().parent / "servers/tea.py")


@contextlib.contextmanager
def folder():
    with tempfile.TemporaryDirectory() as name:
        yield os.path.realpath(name)


# mcp-server-time


def time_is_listed_described_and_asked(mcpctl):
    with folder() as home:
        talk = Transcript(mcpctl, ["--", f"{BIN}/mcp-server-time", "--local-timezone=Europe/Oslo"], home)
        talk.run("info")
        talk.run("tools", "ls")
        talk.run("tools", "get", "convert_time")
        words = ["source_timezone=Europe/Oslo", "time=12:00", "target_timezone=Asia/Tokyo"]
        converted = json.loads(talk.run("call", "convert_time", *words, "-o", "value"))
        equal(converted["time_difference"], "+8.0h")
        talk.run("call", "get_current_time", "timezone=Mars/Base", code=3)
        talk.run("call", "convert_time", "time=12", "zone=x", code=65)
        talk.compare("time", (r"\d{4}-\d\d-\d\dT", "DATET"), (r'"day_of_week": ?"\w+"', '"day_of_week":"DAY"'))


def time_speaks_the_newest_revision_although_it_starts_slowly(mcpctl):
    with folder() as home:
        done = subprocess.run(
            [mcpctl, "info", "-v", "-o", "json", "--", f"{BIN}/mcp-server-time"], capture_output=True, text=True, timeout=60,
            env={"PATH": os.environ["PATH"], "HOME": home})
        equal(json.loads(done.stdout)["protocolVersion"], "2026-07-28")
        expect("starting it again" not in done.stderr, done.stderr)


# mcp-server-git


def git_is_used_over_one_connection(mcpctl):
    with folder() as home:
        tree = f"{home}/tree"
        git = ["git", "-C", tree, "-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
        environment = {"PATH": os.environ["PATH"], "HOME": home, "GIT_CONFIG_GLOBAL": "/dev/null"}
        subprocess.run(["git", "init", "-q", "-b", "main", tree], check=True, env=environment)
        pathlib.Path(tree, "poem.txt").write_text("one\n")
        subprocess.run([*git, "add", "."], check=True, env=environment)
        subprocess.run([*git, "commit", "-q", "-m", "Begin"], check=True, env=environment)
        pathlib.Path(tree, "poem.txt").write_text("one\ntwo\n")
        talk = Transcript(mcpctl, ["--", f"{BIN}/mcp-server-git", "--repository", tree], home)
        talk.run("tools", "ls", "-o", "name")
        talk.run("call", "git_log", f"repo_path={tree}", "max_count=1")
        shown = talk.repl(
            "\\set tree " + tree, "git_status repo_path=$tree", "tools/call git_diff_unstaged repo_path=$tree context_lines=0",
            "git_add repo_path=$tree files=poem.txt", 'git_add {"repo_path": $tree, "files": ["poem.txt"]}',
            "git_branch repo_path=$tree branch_type=local | .content[0].text | !cat", "git_status repo_path=/etc", "git_add repo_path=$tree",
            code=65)
        expect("+two" in shown and "staged successfully" in shown, shown)
        talk.compare("git", (r"\b[0-9a-f]{40}\b", "HASH"), (r"Date: .*", "Date: NOW"), (r"index [0-9a-f.]+", "index HASH"))


# mcp-server-fetch


class Pages(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body, kind = (b"A page of this machine.\n", "text/plain") if self.path == "/page.txt" else (b"nothing", "text/plain")
        self.send_response(200 if self.path == "/page.txt" else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def fetch_gets_a_page_of_this_machine(mcpctl):
    with folder() as home, http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages) as pages:
        threading.Thread(target=pages.serve_forever, daemon=True).start()
        at = f"http://127.0.0.1:{pages.server_port}"
        talk = Transcript(mcpctl, ["--", f"{BIN}/mcp-server-fetch", "--allow-private-ips"], home)
        talk.replaced.append((at, "http://HERE"))
        talk.run("tools", "get", "fetch")
        talk.run("call", "fetch", f"url={at}/page.txt", "max_length=10")
        talk.repl(
            f"fetch url={at}/page.txt raw=true", f"fetch url={at}/nothing", "fetch url=http://127.0.0.1:1/", "fetch max_length=0",
            "prompts", f"prompt fetch url={at}/page.txt", code=65)
        pages.shutdown()
        talk.compare("fetch")


# FastMCP


def fastmcp_is_used_over_stdio(mcpctl):
    with folder() as home:
        talk = Transcript(mcpctl, ["--", f"{BIN}/python", TEA, "stdio"], home)
        talk.run("tools", "ls")
        talk.run("tools", "get", "price")
        talk.repl(
            "info | .protocolVersion", "tools/call price kind=green grams=50", "price kind=red", "price kind=green grams=0",
            "price kind=black discount:=null -o value", "empty shelf=first", "resources/list", "read tea://kinds", "templates",
            "read tea://leaf/oolong", "prompt recommend mood=calm", f"label --out {home}/label.png", "brew minutes=0.001", code=65)
        equal(pathlib.Path(home, "label.png").read_bytes()[:4], b"\x89PNG")
        talk.compare("fastmcp")


def fastmcp_is_used_over_http_in_both_eras(mcpctl):
    port = free_port()
    with folder() as home, listening([f"{BIN}/python", TEA, "http", str(port)], port):
        at = f"http://127.0.0.1:{port}/mcp"
        talk = Transcript(mcpctl, ["-s", at], home)
        talk.replaced.append((at, "http://HERE/mcp"))
        for revision in ["2026-07-28", "2025-11-25", "2025-03-26"]:
            talk.run("info", "--protocol", revision)
            talk.run("call", "price", "kind=green", "grams=50", "--protocol", revision)
            talk.run("resources", "read", "tea://leaf/oolong", "--protocol", revision)
        answers = pathlib.Path(home, "answers.json")
        answers.write_text('{"elicitation": {"content": {"name": "Sencha", "cups": 2}}}')
        talk.run("call", "order", "--answer", str(answers), "--protocol", "2025-11-25")
        talk.run("call", "order", "--protocol", "2025-11-25", code=3)
        talk.run("call", "nosuch", code=8)
        talk.compare("fastmcp-http")


def fastmcp_hears_of_a_cancelled_command(mcpctl):
    with folder() as home:
        talk = Transcript(mcpctl, ["--", f"{BIN}/python", TEA, "stdio"], home, TEA_LOG=f"{home}/log")
        process = talk.start("call", "brew", "minutes=9", "-vv")
        for line in process.stderr:
            if "notifications/progress" in line:
                break
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=30)
        equal(process.returncode, 130, error)
        until(lambda: contents(f"{home}/log") == "cancelled\n", "the server has not heard of it")


def fastmcp_is_used_at_the_prompt(mcpctl):
    with folder() as home:
        with Window(mcpctl, "--", "python", TEA, "stdio", home=home, prompt="python> ", environment={"TEA_LOG": f"{home}/log"}) as window:
            window.at_prompt()
            window.type("pri\tki\tgr\t")
            window.at_prompt("price kind=green ")
            window.type("\r")
            window.see('"euro":5.0')
            window.enter("brew minutes=9")
            window.see("10% brew")
            window.type("\x03")
            window.see("answers still")
            until(lambda: contents(f"{home}/log") == "cancelled\n", "the server has not heard of it")
            window.at_prompt()
            window.type("\x04")
            equal(window.ended(), 0, "exit code")
            expect(window.is_restored(), "the terminal")


def the_sdks_server_completes(mcpctl):
    server = str(pathlib.Path(__file__).resolve().parent.parent / "Interop/servers/sdk_server.py")
    with folder() as home, Window(mcpctl, "--", "python", server, "stdio", home=home, prompt="python> ") as window:
        window.at_prompt()
        window.type("prompt rev\tla\tSw\t")
        window.at_prompt("prompt review language=Swift ")
        talk = Transcript(mcpctl, ["--", f"{BIN}/python", server, "stdio"], home)
        equal(talk.run("complete", "review:language=S").split(), ["Swift", "Scala"])


FACTS = {
    "time": [time_is_listed_described_and_asked, time_speaks_the_newest_revision_although_it_starts_slowly],
    "git": [git_is_used_over_one_connection],
    "fetch": [fetch_gets_a_page_of_this_machine],
    "fastmcp": [
        fastmcp_is_used_over_stdio, fastmcp_is_used_over_http_in_both_eras, fastmcp_hears_of_a_cancelled_command,
        fastmcp_is_used_at_the_prompt, the_sdks_server_completes,
    ],
}

if __name__ == "__main__":
    report = Report("foreign")
    for fact in FACTS[sys.argv[2]]:
        report.run(sys.argv[2], fact, sys.argv[1])
    sys.exit(report.finish())
