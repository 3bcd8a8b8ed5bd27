#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds docs/features.md to its word: features.py --check | --binary MCPCTL [--only A16,A17]

--check looks at the form only: every row once and in order, a known state, evidence for the rows marked done.
Otherwise the commands of the done rows run in bash, where `mcpctl` is the binary, `$N` an http-stream server and `$S` an
sse server, both of which run it, `$J` are the header options of curl for a POST, `$INIT` is the body of an `initialize`,
and `$T` is an empty folder; rows shown by tests run these.

The last column of a done row: `COMMAND` → what follows, separated by commas: exit N (0 unless said), or `TEXT` that has to
be in the output. A row may hold several, separated by `;`. Or: test `NAME`, the name of a test function.
"""

import argparse
import contextlib
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

TABLE = pathlib.Path(__file__).parent.parent / "docs" / "features.md"
ROWS = {"A": 106, "B": 53, "C": 87, "D": 75, "E": 20, "G": 20}
STATES = re.compile(r"done|planned \([a-zA-Z ]+\)|mapped: .+")
DEADLINE = 60
POST = "-H Content-Type:application/json -H Accept:application/json,text/event-stream"
INITIALIZE = (
    '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-03-26","capabilities":{},'
    '"clientInfo":{"name":"curl","version":"1"}}}'
)


class Show:
    """One command of a row and what it has to do."""

    def __init__(self, command, code, texts):
        self.command, self.code, self.texts = command, code, texts


def rows():
    """The rows of the table as (number, item, state, evidence)."""
    for line in TABLE.read_text().splitlines():
        cells = re.split(r"(?<!\\)\|", line)
        if len(cells) == 6 and re.fullmatch(r" [A-EG]\d+ ", cells[1]):
            yield tuple(cell.strip().replace("\\|", "|") for cell in cells[1:5])


def read(evidence):
    """The commands and the test names of an evidence cell; raises ValueError when it has another form."""
    shows, tests = [], []
    rest = evidence
    while rest:
        if match := re.match(r"test `([A-Za-z_][A-Za-z0-9_]*)`", rest):
            tests.append(match[1])
            rest = rest[match.end():]
        elif match := re.match(r"(`+) ?(.+?) ?\1", rest):
            command, code, texts = match[2], 0, []
            rest = rest[match.end():]
            while after := re.match(r"(?: → |, )(?:exit (\d+)|(`+) ?(.+?) ?\2)", rest):
                if after[1]:
                    code = int(after[1])
                else:
                    texts.append(after[3])
                rest = rest[after.end():]
            shows.append(Show(command, code, texts))
        else:
            raise ValueError(f"cannot read {rest!r}")
        if rest and not rest.startswith("; "):
            raise ValueError(f"expected '; ' before {rest!r}")
        rest = rest[2:]
    return shows, tests


def check():
    """The faults of the table's form, and its rows marked done."""
    faults, done, counts = [], [], {}
    wanted = iter([f"{letter}{number}" for letter, last in ROWS.items() for number in range(1, last + 1)])
    for number, item, state, evidence in rows():
        if (expected := next(wanted, None)) != number:
            faults.append(f"{number}: expected row {expected} here")
            break
        if not STATES.fullmatch(state):
            faults.append(f"{number}: the state is 'done', 'planned (topic)' or 'mapped: why', not {state!r}")
        if not item:
            faults.append(f"{number}: has no item")
        kind = re.match(r"\w*", state)[0]
        counts[kind] = counts.get(kind, 0) + 1
        if state == "done":
            try:
                shows, tests = read(evidence)
                if not shows and not tests:
                    faults.append(f"{number}: done, but nothing shows it")
                done.append((number, item, shows, tests))
            except ValueError as error:
                faults.append(f"{number}: {error}")
    if (missing := next(wanted, None)) and not faults:
        faults.append(f"{missing}: is missing")
    return faults, done, counts


@contextlib.contextmanager
def serving(binary, transport):
    """A server on a free port; gives its URL without a path."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    process = subprocess.Popen([binary, "serve", "--transport", transport, "--port", str(port)],
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        give_up = time.monotonic() + 20
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            if process.poll() is not None or time.monotonic() > give_up:
                sys.exit(f"features: {binary} serve --transport {transport} does not serve")
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=30)


def run(show, environment):
    """Runs a command; returns why it does not show what it should, or None."""
    process = subprocess.Popen(["bash", "-c", show.command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, env=environment, start_new_session=True)
    try:
        output, _ = process.communicate(timeout=DEADLINE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return f"`{show.command}` did not end within {DEADLINE} s"
    output = output.decode(errors="replace")
    if process.returncode != show.code:
        return f"`{show.command}`: exit {process.returncode}, expected {show.code}: {output[-400:]}"
    for text in show.texts:
        if text not in output:
            return f"`{show.command}`: no {text!r} in: {output[-400:]}"
    return None


def passed_tests(names):
    """Those of the tests that ran and passed."""
    flags = os.environ.get("DEBUG_FLAGS", "").split()
    # One after the other: tests that wait for programs hold the threads that others need.
    done = subprocess.run(
        [os.environ.get("SWIFT", "swift"), "test", *flags, "--no-parallel", "--filter", "|".join(sorted(names))],
        capture_output=True, text=True)
    text = done.stdout + done.stderr
    return {name for name in names if re.search(rf'Test "?{name}\b.*passed after', text)
            and not re.search(rf'Test "?{name}\b.*failed after', text)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--binary", default=".build-release/release/mcpctl")
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()

    faults, done, counts = check()
    for fault in faults:
        print(f"features: {fault}", file=sys.stderr)
    print("features: " + ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())))
    if faults or arguments.check:
        sys.exit(1 if faults else 0)

    only = set(filter(None, arguments.only.split(",")))
    done = [row for row in done if not only or row[0] in only]
    binary = str(pathlib.Path(arguments.binary).resolve())
    failed = 0
    with tempfile.TemporaryDirectory() as folder, serving(binary, "http-stream") as http, serving(binary, "sse") as sse:
        programs = pathlib.Path(folder) / "bin"
        programs.mkdir()
        (programs / "mcpctl").symlink_to(binary)
        scratch = pathlib.Path(folder) / "scratch"
        wanted_tests = {name for row in done for name in row[3]}
        passed = passed_tests(wanted_tests) if wanted_tests else set()
        for number, item, shows, tests in done:
            scratch.mkdir()
            environment = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "N": http, "S": sse, "T": str(scratch),
                           "J": POST, "INIT": INITIALIZE}
            problem = next(filter(None, (run(show, environment) for show in shows)), None)
            problem = problem or next((f"test {name} did not pass" for name in tests if name not in passed), None)
            print(f"{'ok  ' if not problem else 'FAIL'} {number} {item}" + (f": {problem}" if problem else ""), flush=True)
            failed += bool(problem)
            subprocess.run(["rm", "-rf", scratch], check=True)
    print(f"features: {len(done) - failed} of {len(done)} rows marked done were shown")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
