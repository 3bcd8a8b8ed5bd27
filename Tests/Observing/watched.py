# SPDX-License-Identifier: Apache-2.0
"""A running server, and what it shows to whoever looks."""

import contextlib
import json
import os
import pathlib
import re
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

from harness import expect, free_port, stop

DEPLOY = pathlib.Path(__file__).resolve().parents[2] / "deploy"
PATIENCE = 20.0


class Server:
    """`mcpctl serve --transport http-stream` with `words` more, until `end`."""

    def __init__(self, mcpctl, *words, environment=None):
        self.mcpctl = mcpctl
        self.port = free_port()
        self.output = tempfile.TemporaryFile()
        self.errors = tempfile.TemporaryFile()
        command = [mcpctl, "serve", "--transport", "http-stream", "--port", str(self.port), *words]
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=self.output, stderr=self.errors, start_new_session=True,
            env={**os.environ, **(environment or {})})
        until(lambda: self.answers(), "an answer to /health")

    def answers(self):
        expect(self.process.poll() is None, f"the server ended: {self.log()}")
        with contextlib.suppress(OSError):
            return get(self.port, "/health")[0] == 200

    def call(self, tool, *words, environment=None):
        """Calls a tool as a client; the finished process."""
        return subprocess.run(
            [self.mcpctl, "-s", f"http://127.0.0.1:{self.port}/mcp", "call", tool, *words], capture_output=True,
            text=True, timeout=60, env={**os.environ, **(environment or {})})

    def metrics(self, port=None):
        """The text of /metrics."""
        status, text = get(port or self.port, "/metrics")
        expect(status == 200, f"/metrics answered {status}")
        return text

    def log(self, stream=None):
        """What was written so far, to standard error unless `stream` is another."""
        stream = stream or self.errors
        stream.seek(0)
        return stream.read().decode(errors="replace")

    def end(self):
        stop(self.process)
        return self.process.returncode


@contextlib.contextmanager
def serving(mcpctl, *words, environment=None):
    """A server for as long as the block takes."""
    server = Server(mcpctl, *words, environment=environment)
    try:
        yield server
    finally:
        server.end()


def get(port, path, headers=None):
    """Status and text of a GET."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def post(port, message, headers=None):
    """The answer to a message of the modern era, or of any with headers of its own: its headers and its body."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/mcp", json.dumps(message).encode(),
        {"Content-Type": "application/json", "Accept": "application/json, text/event-stream", **(headers or {})})
    with urllib.request.urlopen(request, timeout=30) as answer:
        body = answer.read().decode()
        return answer.headers, json.loads(body) if body else None


def open_session(port):
    """The id of a new legacy session."""
    headers, _ = post(port, {
        "jsonrpc": "2.0", "id": 1, "method": "initialize",
        "params": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "watcher", "version": "1"}}})
    session = headers["Mcp-Session-Id"]
    post(port, {"jsonrpc": "2.0", "method": "notifications/initialized"}, {"Mcp-Session-Id": session})
    return session


def until(holds, what):
    """Waits for something to hold."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        expect(time.monotonic() < deadline, f"{what} did not come within {PATIENCE} s")
        time.sleep(0.02)


SAMPLE = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(\{.*\})? (\S+)")


def samples(text):
    """The samples of a scrape: the value of each series, by its name and labels as they are written."""
    found = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, labels, value = SAMPLE.fullmatch(line).groups()
            found[name + (labels or "")] = float(value)
    return found
