# SPDX-License-Identifier: Apache-2.0
"""Our client is let in by the SDK's authorization server: ours_logs_in.py MCPCTL SDK_PYTHON LINE"""

import json
import os
import pathlib
import pty
import select
import signal
import stat
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

from harness import Report, equal, expect, free_port, listening

SERVERS = pathlib.Path(__file__).parent / "servers"


class Guarded:
    """`mcpctl` with a state folder of its own, and the guarded server it is pointed at."""

    def __init__(self, binary, python, port, state):
        self.binary, self.port, self.state = binary, port, state
        self.url = f"http://127.0.0.1:{port}/mcp"
        self.environment = dict(
            os.environ, XDG_STATE_HOME=state, XDG_CACHE_HOME=state, BROWSER=str(SERVERS / "browser.py")
        )

    def run(self, *words, code=0):
        done = subprocess.run([self.binary, *words], capture_output=True, text=True, timeout=25,
                              stdin=subprocess.DEVNULL, env=self.environment)
        if done.returncode != code:
            raise AssertionError(f"mcpctl {' '.join(words)}: exit {done.returncode}, expected {code}; "
                                 f"stdout {done.stdout[:500]!r}, stderr {done.stderr[:900]!r}")
        self.errors = done.stderr
        return done.stdout

    def add(self, *words, code=0):
        return self.run("-s", self.url, "call", "add", "a=1", "b=2", *words, code=code)

    def login(self, *words, code=0):
        return self.run("auth", "login", self.url, *words, code=code)

    def ask(self, path, method="GET"):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def forget(self, what):
        self.ask(f"/forget?what={what}", "POST")

    def log(self):
        return [line.split()[0] for line in self.ask("/log")]


def without_a_token_a_call_exits_4_and_names_the_remedy(guarded):
    guarded.add(code=4)
    expect(f"mcpctl auth login {guarded.url}" in guarded.errors, guarded.errors)
    guarded.run("auth", "status", guarded.url, code=4)


def after_a_login_calls_go_through(guarded):
    guarded.login()
    equal(guarded.log(), ["register", "authorize", "code"], "what the server saw")
    expect(f"for {guarded.url}" in guarded.ask("/log")[1], "the resource was not named")
    equal(guarded.add(), "3\n", "output")
    for revision in ("2025-03-26", "2025-06-18", "2025-11-25"):
        equal(guarded.add("--protocol", revision), "3\n", revision)


def each_revision_has_its_own_way_to_log_in(guarded):
    for revision in ("2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"):
        guarded.login("--protocol", revision)
        equal(guarded.add(), "3\n", revision)
    lines = [line for line in guarded.ask("/log") if line.startswith("authorize")]
    expect(lines[0].endswith("for None"), f"2025-03-26 knows no resource: {lines[0]}")
    expect(all(line.endswith(f"for {guarded.url}") for line in lines[1:]), str(lines))
    equal(guarded.log().count("register"), 1, "registrations with one issuer")


def tokens_are_kept_where_only_the_user_reads_them(guarded):
    guarded.login()
    token = guarded.run("auth", "token", guarded.url).strip()
    folder = pathlib.Path(guarded.state) / "mcpctl" / "auth"
    equal(stat.S_IMODE(folder.stat().st_mode), 0o700, "mode of the folder")
    files = list(folder.iterdir())
    expect(any(token in file.read_text() for file in files), "the token is not kept")
    for file in files:
        equal(stat.S_IMODE(file.stat().st_mode), 0o600, f"mode of {file.name}")
        expect("127.0.0.1" not in file.name, file.name)


def a_token_is_shown_to_nobody(guarded):
    guarded.login()
    token = guarded.run("auth", "token", guarded.url).strip()
    said = guarded.run("auth", "status") + guarded.run("auth", "status", guarded.url, "-o", "json")
    said += guarded.add("-vvv") + guarded.errors
    expect("Bearer …" in said, "no authorization header was traced")
    expect(token not in said, "the token was shown")
    guarded.forget("access")
    said = guarded.add("-vvv") + guarded.errors
    expect(guarded.run("auth", "token", guarded.url).strip() not in said, "the renewed token was shown")


def a_token_that_is_refused_is_renewed_once(guarded):
    guarded.login()
    guarded.forget("access")
    equal(guarded.add(), "3\n", "output")
    equal(guarded.log().count("refresh"), 1, "renewals")
    equal(guarded.add(), "3\n", "output")
    equal(guarded.log().count("refresh"), 1, "renewals after one more call")


def a_token_that_is_over_is_renewed_before_it_is_sent(guarded):
    guarded.login()
    equal(guarded.add("-v"), "3\n", "output")  # tokens of this server are over at once
    expect("refresh" in guarded.log(), str(guarded.log()))
    expect("HTTP 401" not in guarded.errors, guarded.errors)


def processes_at_once_do_not_lose_what_one_renewed(guarded):
    guarded.login()
    guarded.forget("access")
    words = [guarded.binary, "-s", guarded.url, "call", "add", "a=1", "b=2"]
    together = [subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                 env=guarded.environment) for _ in range(6)]
    for process in together:
        output, errors = process.communicate(timeout=25)
        equal((process.returncode, output), (0, b"3\n"), f"outcome ({errors[:300]!r})")
    equal(guarded.log().count("refresh"), 1, "renewals")


def a_revoked_token_exits_4(guarded):
    guarded.login()
    guarded.forget("all")
    guarded.add(code=4)
    expect("auth login" in guarded.errors, guarded.errors)
    equal(guarded.log().count("refresh"), 0, "renewals that worked")


def a_refused_user_exits_4(guarded):
    guarded.login("--scope", "never", code=4)
    expect("access_denied" in guarded.errors, guarded.errors)


def logging_out_revokes_the_tokens(guarded):
    guarded.login()
    token = guarded.run("auth", "token", guarded.url).strip()
    guarded.run("auth", "logout", guarded.url)
    equal(guarded.log().count("revoke"), 2, "revocations")
    guarded.add(code=4)
    guarded.environment["OLD"] = token
    guarded.add("--bearer-env", "OLD", code=4)


def a_token_of_ones_own_is_sent_as_it_is(guarded):
    guarded.login()
    token = guarded.run("auth", "token", guarded.url).strip()
    file = pathlib.Path(guarded.state) / "token"
    file.write_text(token + "\n")
    elsewhere = dict(guarded.environment, XDG_STATE_HOME=guarded.state + "/other", TOKEN=token)
    guarded.environment = elsewhere
    guarded.add(code=4)
    for words in (["--bearer-env", "TOKEN"], ["--bearer-file", str(file)], ["-H", "Authorization: env:TOKEN"]):
        if words[0] == "-H":
            elsewhere["TOKEN"] = f"Bearer {token}"
        equal(guarded.add(*words, "-vvv"), "3\n", words[0])
        expect(token not in guarded.errors, f"{words[0]} showed the token")


def scopes_that_do_not_suffice_exit_4_without_a_terminal(guarded):
    guarded.login("--scope", "user")
    guarded.add(code=4)
    expect("insufficient_scope" in guarded.errors and "auth login" in guarded.errors, guarded.errors)
    equal(guarded.log().count("authorize"), 1, "questions to the user")
    guarded.login()
    equal(guarded.add(), "3\n", "output")


def at_a_terminal_the_user_is_asked_for_more_scopes(guarded):
    guarded.login("--scope", "user")
    code, said = at_a_terminal([guarded.binary, "-s", guarded.url, "call", "add", "a=1", "b=2"], guarded.environment)
    equal(code, 0, f"exit code ({said[-500:]!r})")
    expect("3" in said and "open this page" in said, said)
    asked = [line for line in guarded.ask("/log") if line.startswith("authorize")]
    equal(len(asked), 2, "questions to the user")
    equal(set(asked[1].split(" for ")[0].split()[1:]), {"user", "admin"}, "scopes")
    equal(guarded.add(), "3\n", "output")


def a_token_can_be_typed(guarded):
    guarded.login()
    token = guarded.run("auth", "token", guarded.url).strip()
    words = [guarded.binary, "-s", guarded.url, "call", "add", "a=1", "b=2", "--askpass", "-vvv"]
    elsewhere = dict(guarded.environment, XDG_STATE_HOME=guarded.state + "/other")
    code, said = at_a_terminal(words, elsewhere, typed=(b"token for", token.encode() + b"\n"))
    equal(code, 0, f"exit code ({said[-500:]!r})")
    expect(token not in said, "the token was shown")


def a_browser_elsewhere_will_do(guarded):
    def address(said):
        page = next(line.strip() for line in said.decode().splitlines() if "/authorize?" in line)
        opener = urllib.request.build_opener(StaysHere)
        try:
            opener.open(page, timeout=10)
        except urllib.error.HTTPError as answer:
            return answer.headers["Location"].encode() + b"\n"
        raise AssertionError("the page led nowhere")

    words = [guarded.binary, "auth", "login", guarded.url, "--no-browser"]
    code, said = at_a_terminal(words, guarded.environment, typed=(b"paste that here", address))
    equal(code, 0, f"exit code ({said[-500:]!r})")
    equal(guarded.add(), "3\n", "output")


class StaysHere(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments):
        return None


def at_a_terminal(words, environment, typed=None):
    """Runs a program at a terminal of its own, and returns its exit code and what it wrote. When `typed[0]` was said,
    `typed[1]` is typed, or what it makes of all that was said."""
    child, terminal = pty.fork()
    if child == 0:
        os.execve(words[0], words, environment)
    said = b""
    give_up = time.monotonic() + 25
    while True:
        if time.monotonic() > give_up:
            os.kill(child, signal.SIGKILL)
            break
        if not select.select([terminal], [], [], 1)[0]:
            # What is typed before the terminal keeps it to itself is dropped, so it is typed once that has happened.
            if typed and typed[0] in said:
                os.write(terminal, typed[1](said) if callable(typed[1]) else typed[1])
            continue
        try:
            piece = os.read(terminal, 4096)
        except OSError:  # the program has ended
            break
        if not piece:
            break
        said += piece
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), said.decode(errors="replace")


PLAIN = [
    without_a_token_a_call_exits_4_and_names_the_remedy,
    after_a_login_calls_go_through,
    each_revision_has_its_own_way_to_log_in,
    tokens_are_kept_where_only_the_user_reads_them,
    a_token_is_shown_to_nobody,
    a_token_that_is_refused_is_renewed_once,
    processes_at_once_do_not_lose_what_one_renewed,
    a_revoked_token_exits_4,
    a_refused_user_exits_4,
    logging_out_revokes_the_tokens,
    a_token_of_ones_own_is_sent_as_it_is,
    a_token_can_be_typed,
    a_browser_elsewhere_will_do,
]
SHORT_LIVED = [a_token_that_is_over_is_renewed_before_it_is_sent]
WIDE = [scopes_that_do_not_suffice_exit_4_without_a_terminal, at_a_terminal_the_user_is_asked_for_more_scopes]


def main():
    binary, python, line = sys.argv[1:4]
    report = Report(f"our login → SDK {line}.x")
    for group, facts, words in (("an hour", PLAIN, ["3600"]), ("seconds", SHORT_LIVED, ["5"]),
                                ("two scopes", WIDE, ["3600", "user", "admin"])):
        for fact in facts:
            port = free_port()
            command = [python, str(SERVERS / "sdk_auth_server.py"), str(port), *words]
            with tempfile.TemporaryDirectory() as state, listening(command, port):
                report.run(group, fact, Guarded(binary, python, port, state))
    sys.exit(report.finish())


if __name__ == "__main__":
    main()
