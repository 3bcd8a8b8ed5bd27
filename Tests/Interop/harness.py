# SPDX-License-Identifier: Apache-2.0
"""Runs facts and counts them. A fact is a function with a name that reads as a claim; it passes when it does not raise."""

import asyncio
import contextlib
import inspect
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback

FACT_DEADLINE = 30.0
START_DEADLINE = 20.0


class Report:
    """What passed, failed and was skipped; prints each outcome as it comes, the counts at the end."""

    def __init__(self, title):
        self.title = title
        self.passed = 0
        self.failed = []
        self.skipped = 0
        self.only = os.environ.get("INTEROP_ONLY", "")

    def run(self, group, fact, *arguments):
        """Runs one fact, plain or async, under the deadline."""
        name = f"{self.title} · {group} · {fact.__name__.replace('_', ' ')}"
        if self.only not in name:
            return
        try:
            if inspect.iscoroutinefunction(fact):
                asyncio.run(asyncio.wait_for(fact(*arguments), FACT_DEADLINE))
            else:
                fact(*arguments)
        except Skip as skip:
            self.skipped += 1
            print(f"skip {name}: {skip}", flush=True)
        except BaseException as error:  # a KeyboardInterrupt must still print the counts
            if isinstance(error, KeyboardInterrupt):
                raise
            self.failed.append(name)
            print(f"FAIL {name}: {first_line(error)}", flush=True)
            traceback.print_exception(error, limit=-4, chain=False, file=sys.stdout)
        else:
            self.passed += 1
            print(f"ok   {name}", flush=True)

    def finish(self):
        """Prints the counts and returns the exit code."""
        print(f"{self.title}: {self.passed} passed, {len(self.failed)} failed, {self.skipped} skipped", flush=True)
        counts = os.environ.get("INTEROP_COUNTS")
        if counts:
            with open(counts, "a") as file:
                file.write(f"{self.passed} {len(self.failed)} {self.skipped}\n")
        return 1 if self.failed else 0


class Skip(Exception):
    """Raised by a fact that does not apply here, with the reason."""


def first_line(error):
    """The message of an error, or of the first leaf of a group of errors, on one line."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"


def expect(condition, what):
    """Fails the fact with `what` when the condition does not hold."""
    if not condition:
        raise AssertionError(what)


def equal(found, wanted, what="value"):
    """Fails the fact when the two differ."""
    if found != wanted:
        raise AssertionError(f"{what}: expected {wanted!r}, found {found!r}")


def free_port():
    """A TCP port nobody listens on at this moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextlib.contextmanager
def listening(command, port):
    """Runs a server in its own process group until the block ends; enters once it accepts connections."""
    log = tempfile.TemporaryFile()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    try:
        give_up = time.monotonic() + START_DEADLINE
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            if process.poll() is not None or time.monotonic() > give_up:
                log.seek(0)
                text = log.read().decode(errors="replace")
                raise RuntimeError(f"no server on port {port} from {' '.join(command)}:\n{text}")
            time.sleep(0.05)
        yield process
    finally:
        stop(process)


def stop(process):
    """Ends a process group: politely, then not."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, how)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=10)
