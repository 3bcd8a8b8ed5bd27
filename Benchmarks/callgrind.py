#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Counts the user instructions of one tools/call over HTTP: callgrind.py [--binary MCPCTL] [--record]

The count is the difference of two run lengths under valgrind's callgrind, so start and stop cancel out and it repeats on a
noisy machine. It must lie within the tolerance of Benchmarks/thresholds.json; --record writes that file anew.
"""

import argparse
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile

from callers import CALLERS
from measure import HERE, free_port, running
from wire import Connection, Requests

THRESHOLDS = HERE / "thresholds.json"
TOLERANCE = 0.05
SHORT, LONG = 300, 2_300
# What is counted: the era, and how callers say who they are. Each call of theirs then leaves a line in the log, too.
CASES = [("legacy", ""), ("modern", ""), ("legacy", "with an API key"), ("legacy", "with a JWT"),
         ("modern", "with an API key")]


def instructions(binary, era, caller, calls):
    """Instructions of a server's whole life with so many calls over one keep-alive connection."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "callgrind.out"
        caller = CALLERS[caller](folder)
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}",
                   str(binary), "serve", "--threads", "1", "--transport", "http-stream", "--port", str(port), *caller.options]
        with running(command, port) as server:
            requests = Requests(port, credentials=caller.credentials)
            connection = Connection(port)
            session = connection.session(requests)
            for number in range(1, calls + 1):
                call = requests.modern_call(number) if era == "modern" else requests.legacy_call(session, number)
                answer = connection.send(call)
                if answer.status != 200 or b'"text":"3"' not in answer.body:
                    sys.exit(f"callgrind: a wrong answer: {answer.status} {answer.body[:300]!r}")
            connection.close()
            os.kill(server.process.pid, signal.SIGTERM)
            server.process.wait(timeout=60)
        found = re.search(r"^(?:summary|totals): (\d+)", out.read_text(), re.MULTILINE)
        if not found:
            sys.exit("callgrind: the server left no profile; did it crash?")
        return int(found[1])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default=".build-release/release/mcpctl")
    parser.add_argument("--record", action="store_true", help="write Benchmarks/thresholds.json anew")
    arguments = parser.parse_args()

    found = {}
    with tempfile.TemporaryDirectory() as folder:
        binary = pathlib.Path(folder) / "mcpctl"
        # Debian 12's valgrind cannot read the toolchain's debug information, and needs none.
        subprocess.run(["strip", "--strip-debug", "-o", binary, arguments.binary], check=True)
        for case in CASES:
            difference = instructions(binary, *case, LONG) - instructions(binary, *case, SHORT)
            found["tools/call over HTTP, " + ", ".join(filter(None, case))] = round(difference / (LONG - SHORT))

    if arguments.record:
        text = {"what": "user instructions per request under callgrind", "tolerance": TOLERANCE, "requests": found}
        THRESHOLDS.write_text(json.dumps(text, indent=2) + "\n")
        print(f"instructions: recorded {found}")
        return
    recorded = json.loads(THRESHOLDS.read_text())
    slower = False
    for name, limit in recorded["requests"].items():
        change = found[name] / limit - 1
        verdict = "held"
        if change > recorded["tolerance"]:
            verdict, slower = "SLOWER", True
        elif change < -recorded["tolerance"]:
            verdict = "faster; record it with Benchmarks/callgrind.py --record"
        print(f"instructions: {name}: {found[name]:,} against {limit:,} ({change:+.1%}): {verdict}")
    sys.exit(1 if slower else 0)


if __name__ == "__main__":
    main()
