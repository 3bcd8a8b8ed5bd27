# SPDX-License-Identifier: Apache-2.0
"""A TLS peer that does what libraries do not let their users do: tls_peer.py PORT AUTHORITY WHAT.

Prints what it has to say and ends with 0; what the server should not have done ends it with a traceback.
"""
import hashlib
import re
import socket
import ssl
import sys

HEAD = "GET / HTTP/1.1\r\nHost: localhost\r\n"


class Peer:
    """TLS by hand over a plain socket, so that the two can be ended one without the other."""

    def __init__(self, port, authority, buffer=None):
        self.socket = socket.socket()
        self.socket.settimeout(20)
        if buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self.socket.connect(("127.0.0.1", port))
        self.input, self.output = ssl.MemoryBIO(), ssl.MemoryBIO()
        context = ssl.create_default_context(cafile=authority)
        self.tls = context.wrap_bio(self.input, self.output, server_hostname="localhost")
        self.pump(self.tls.do_handshake)

    def pump(self, operation, *arguments):
        while True:
            try:
                result = operation(*arguments)
                self.flush()
                return result
            except ssl.SSLWantReadError:
                self.flush()
                piece = self.socket.recv(65536)
                self.input.write(piece) if piece else self.input.write_eof()

    def flush(self):
        if self.output.pending:
            self.socket.sendall(self.output.read())

    def send(self, text):
        self.pump(self.tls.write, text if isinstance(text, bytes) else text.encode())

    def read(self, count):
        """At most `count` bytes; empty at the end, which has to be announced by the server."""
        try:
            return self.pump(self.tls.read, count)
        except ssl.SSLZeroReturnError:
            return b""

    def rest(self):
        pieces = []
        while piece := self.read(65536):
            pieces.append(piece)
        return b"".join(pieces)


def end_of_tcp(port, authority):
    """Ends the connection's sending side without a word in TLS, and still reads the answer."""
    peer = Peer(port, authority)
    peer.send(HEAD + "\r\n")
    peer.socket.shutdown(socket.SHUT_WR)
    print(peer.rest().decode())


def end_of_tls(port, authority):
    """Says goodbye in TLS, and still reads the answer."""
    peer = Peer(port, authority)
    peer.send(HEAD + "\r\n")
    try:
        peer.tls.unwrap()
    except ssl.SSLWantReadError:
        peer.flush()
    print(peer.rest().decode())


def announced_end(port, authority):
    """The last answer of a connection is followed by a goodbye: `rest` fails when the connection only ends."""
    peer = Peer(port, authority)
    peer.send(HEAD + "Connection: close\r\n\r\n")
    print(peer.rest().decode())


def slow_reader(port, authority):
    """Reads a large answer through a small window, in small pieces."""
    peer = Peer(port, authority, buffer=4096)
    peer.send(HEAD + "Connection: close\r\n\r\n")
    digest, count = hashlib.sha256(), 0
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += peer.read(1)
    while piece := peer.read(1000):
        digest.update(piece)
        count += len(piece)
    print(count, digest.hexdigest())


def single_bytes(port, authority):
    """Sends each byte in a record of its own."""
    peer = Peer(port, authority)
    for byte in (HEAD + "Connection: close\r\n\r\n").encode():
        peer.send(bytes([byte]))
    print(peer.rest().decode())


def many_at_once(port, authority):
    """Sends many requests in few records, more than are read at a time, and then their end."""
    peer = Peer(port, authority)
    count = 3000
    peer.send((HEAD + "\r\n") * (count - 1) + HEAD + "Connection: close\r\n\r\n")
    print(len(re.findall(rb"HTTP/1\.1 200 ", peer.rest())))


def large_body(port, authority):
    """Sends a body that needs hundreds of records behind a request that is answered late."""
    peer = Peer(port, authority)
    peer.send(HEAD + "\r\n")
    peer.send("POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 5000000\r\n\r\n")
    peer.send(b"a" * 5_000_000)
    print(peer.rest().decode())


if __name__ == "__main__":
    globals()[sys.argv[3]](int(sys.argv[1]), sys.argv[2])
