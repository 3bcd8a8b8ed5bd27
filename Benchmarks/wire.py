# SPDX-License-Identifier: Apache-2.0
"""MCP requests as bytes on an HTTP/1.1 connection, and a small client that sends them."""

import json
import socket

MODERN = "2026-07-28"
LEGACY = "2025-11-25"
CLIENT = {"name": "bench", "version": "1"}


class Requests:
    """Requests to one server, as the bytes that go on the wire."""

    def __init__(self, port, path="/mcp", credentials=()):
        self.port, self.path, self.credentials = port, path, credentials

    def post(self, body, headers=()):
        """One keep-alive POST."""
        body = json.dumps(body, separators=(",", ":")).encode()
        lines = [
            f"POST {self.path} HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            "Content-Type: application/json",
            "Accept: application/json, text/event-stream",
            *(f"{name}: {value}" for name, value in (*self.credentials, *headers)),
            f"Content-Length: {len(body)}",
        ]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + body

    def initialize(self, number=0):
        params = {"protocolVersion": LEGACY, "capabilities": {}, "clientInfo": CLIENT}
        return self.post({"jsonrpc": "2.0", "id": number, "method": "initialize", "params": params})

    def initialized(self, session):
        return self.post({"jsonrpc": "2.0", "method": "notifications/initialized"}, legacy_headers(session))

    def legacy(self, session, number, method, params):
        """Any request within a session."""
        return self.post({"jsonrpc": "2.0", "id": number, "method": method, "params": params}, legacy_headers(session))

    def legacy_call(self, session, number, tool="calculator", arguments=None):
        """`tools/call` within a session."""
        arguments = {"a": 1, "b": 2} if arguments is None else arguments
        return self.legacy(session, number, "tools/call", {"name": tool, "arguments": arguments})

    def stream(self, session, after=None):
        """The GET of a session's stream, or of the one an event belongs to, from there on."""
        headers = legacy_headers(session) + ((("Last-Event-ID", after),) if after else ())
        lines = [f"GET {self.path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", "Accept: text/event-stream",
                 *(f"{name}: {value}" for name, value in headers)]
        return "\r\n".join(lines).encode() + b"\r\n\r\n"

    def modern_call(self, number):
        """`tools/call calculator` in the stateless revision."""
        meta = {
            "io.modelcontextprotocol/protocolVersion": MODERN,
            "io.modelcontextprotocol/clientInfo": CLIENT,
            "io.modelcontextprotocol/clientCapabilities": {},
        }
        params = {"name": "calculator", "arguments": {"a": 1, "b": 2}, "_meta": meta}
        body = {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params}
        headers = (("MCP-Protocol-Version", MODERN), ("Mcp-Method", "tools/call"), ("Mcp-Name", "calculator"))
        return self.post(body, headers)


def legacy_headers(session):
    return (("Mcp-Session-Id", session), ("MCP-Protocol-Version", LEGACY))


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def message(self):
        """The JSON-RPC message, from a plain body or from the last event of a stream."""
        text = self.body.decode()
        if self.headers.get("content-type", "").startswith("text/event-stream"):
            text = [line[5:] for line in text.splitlines() if line.startswith("data:")][-1]
        return json.loads(text)


class Connection:
    """One keep-alive connection."""

    def __init__(self, port, source=None):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20, source_address=source)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.pending = b""

    def send(self, request):
        """Sends one request and reads its whole answer."""
        self.socket.sendall(request)
        head = self.until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        status = int(head[0].split(" ")[1])
        headers = dict((name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in head[1:-2]))
        if "content-length" in headers:
            body = self.exactly(int(headers["content-length"]))
        elif headers.get("transfer-encoding") == "chunked":
            body = b""
            while size := int(self.until(b"\r\n"), 16):
                body += self.exactly(size)
                self.exactly(2)
            self.exactly(2)
        else:
            body = b""
        return Answer(status, headers, body)

    def until(self, mark):
        while mark not in self.pending:
            self.more()
        found, _, self.pending = self.pending.partition(mark)
        return found + mark

    def exactly(self, count):
        while len(self.pending) < count:
            self.more()
        found, self.pending = self.pending[:count], self.pending[count:]
        return found

    def more(self):
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError("the server closed the connection")
        self.pending += data

    def session(self, requests, number=0):
        """Opens a legacy session and returns its id."""
        answer = self.send(requests.initialize(number))
        if answer.status != 200 or "mcp-session-id" not in answer.headers:
            raise ConnectionError(f"no session: {answer.status} {answer.body[:200]!r}")
        session = answer.headers["mcp-session-id"]
        answer = self.send(requests.initialized(session))
        if answer.status != 202:
            raise ConnectionError(f"initialized was answered {answer.status} {answer.body[:200]!r}")
        return session

    def close(self):
        self.socket.close()
