# SPDX-License-Identifier: Apache-2.0
"""A Redis, several servers that keep their sessions in it, an nginx in front of them, and clients."""

import http.client
import json
import os
import pathlib
import queue
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "Interop"))
from harness import free_port  # noqa: E402

WAIT = 30
TYPES = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
MODERN = {"io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {},
          "io.modelcontextprotocol/clientInfo": {"name": "cluster", "version": "1"}}


def until(what, is_so, seconds=WAIT):
    """Waits until something is so, and returns it."""
    end = time.monotonic() + seconds
    while True:
        value = is_so()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.01)


def at_once(count, work):
    """Has `work` done by several threads, each called with its number, and waits for all."""
    faults = []

    def one(number):
        try:
            work(number)
        except BaseException as error:
            faults.append(error)
    threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    if faults:
        raise faults[0]


def call(tool, number=1, **arguments):
    return {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}


class Redis:
    """A redis-server of its own, with nothing in it and nothing kept."""

    def __init__(self, *options):
        self.port = free_port()
        self.options = options
        self.folder = tempfile.mkdtemp(prefix="mcpctl-cluster-")
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir",
             self.folder, *self.options], stdout=subprocess.DEVNULL)
        until("redis answers", lambda: self.ask("PING").strip().split(" ")[0] in ("PONG", "NOAUTH"))

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}"

    def ask(self, *words):
        done = subprocess.run(["redis-cli", "-p", str(self.port), *words], capture_output=True, text=True)
        return done.stdout

    def keys(self, pattern="*"):
        return sorted(self.ask("--scan", "--pattern", pattern).split())

    def calls(self):
        """How often each command was asked, but for those that ask this."""
        found = {}
        for line in self.ask("INFO", "commandstats").splitlines():
            if line.startswith("cmdstat_"):
                name, rest = line[8:].split(":")
                if name.split("|")[0] not in ("info", "config", "ping"):
                    found[name] = int(rest.split("calls=")[1].split(",")[0])
        return found

    def memory(self):
        """The bytes all data takes."""
        for line in self.ask("INFO", "memory").splitlines():
            if line.startswith("used_memory_dataset:"):
                return int(line.split(":")[1])
        raise AssertionError("INFO memory says nothing")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def close(self):
        self.process.send_signal(signal.SIGCONT)
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class Watched:
    """A Redis with a replica, and a sentinel that makes that one the master when the other is gone."""

    def __init__(self):
        self.master, self.replica = Redis(), None
        self.folder = tempfile.mkdtemp(prefix="mcpctl-sentinel-")
        self.port = free_port()
        self.process = None
        try:
            self.replica = Redis("--replicaof", "127.0.0.1", str(self.master.port))
            until("the replica follows", lambda: "master_link_status:up" in self.replica.ask("INFO", "replication"))
            path = f"{self.folder}/sentinel.conf"
            pathlib.Path(path).write_text(
                f"port {self.port}\nbind 127.0.0.1\nsentinel monitor main 127.0.0.1 {self.master.port} 1\n"
                "sentinel down-after-milliseconds main 1000\nsentinel failover-timeout main 5000\n")
            self.process = subprocess.Popen(
                ["redis-server", path, "--sentinel", "--dir", self.folder], stdout=subprocess.DEVNULL)
            until("the sentinel knows the replica", lambda: "slave" in self.ask("SENTINEL", "REPLICAS", "main"))
        except BaseException:
            self.close()
            raise

    @property
    def url(self):
        return f"redis+sentinel://127.0.0.1:{self.port}/main"

    def ask(self, *words):
        return subprocess.run(["redis-cli", "-p", str(self.port), *words], capture_output=True, text=True).stdout

    def close(self):
        if self.process:
            self.process.kill()
            self.process.wait()
        for server in (self.master, self.replica):
            if server:
                server.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Sharded:
    """Three masters that share the keys."""

    def __init__(self):
        self.masters = []
        try:
            for _ in range(3):
                self.masters.append(Redis("--cluster-enabled", "yes", "--cluster-port", str(free_port()),
                                          "--cluster-config-file", "nodes.conf"))
            subprocess.run(["redis-cli", "--cluster", "create", *(f"127.0.0.1:{master.port}" for master in self.masters),
                            "--cluster-yes"], check=True, stdout=subprocess.DEVNULL, timeout=60)
            until("the slots are served", lambda: all("cluster_state:ok" in m.ask("CLUSTER", "INFO") for m in self.masters))
        except BaseException:
            self.close()
            raise

    @property
    def url(self):
        return f"redis+cluster://127.0.0.1:{self.masters[0].port}"

    def keys(self, pattern="*"):
        return sorted(key for master in self.masters for key in master.keys(pattern))

    def close(self):
        for master in self.masters:
            master.close()


class Node:
    """A server."""

    def __init__(self, mcpctl, redis, name, *words, port=None, environment=()):
        self.mcpctl, self.redis, self.name, self.words = mcpctl, redis, name, words
        self.port = port or free_port()
        self.environment = dict(environment)
        self.log = []
        self.start()

    def start(self, waits=True):
        command = [self.mcpctl, "serve", "--transport", "http-stream", "--port", str(self.port), "--redis",
                   self.redis.url, "--node-name", self.name, "--log-level", "info",
                   "--set", "transport.sse=true", *self.words]
        self.process = subprocess.Popen(
            command, stderr=subprocess.PIPE, text=True, env={"PATH": os.environ["PATH"], **self.environment})
        threading.Thread(target=self.read, args=(self.process.stderr,), daemon=True).start()
        if waits:
            until(f"{self.name} serves", lambda: self.serves() or self.process.poll() is not None)
            if self.process.poll() is not None:
                time.sleep(0.2)
                raise AssertionError(f"{self.name} has ended with {self.process.returncode}: {self.log[-3:]}")

    def read(self, stream):
        for line in stream:
            self.log.append(line.rstrip())

    def serves(self):
        try:
            return get(self.port, "/health")[0] == 200
        except OSError:
            return False

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    def resident(self):
        """The bytes of memory it has."""
        for line in open(f"/proc/{self.process.pid}/status"):
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise AssertionError("the kernel does not say")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.terminate()
        return self.process.wait(WAIT)

    def close(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


class Cluster:
    """Several nodes with one Redis; `with` ends them."""

    def __init__(self, mcpctl, count=3, *words, redis=()):
        self.redis = redis if isinstance(redis, (Watched, Sharded)) else Redis(*redis)
        self.nodes = []
        try:
            for number in range(1, count + 1):
                self.nodes.append(Node(mcpctl, self.redis, f"n{number}", *words))
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        for node in self.nodes:
            node.close()
        self.redis.close()


class Nginx:
    """nginx with what `mcpctl deploy nginx` writes."""

    def __init__(self, mcpctl, nodes, *words):
        self.port = free_port()
        self.folder = tempfile.mkdtemp(prefix="mcpctl-nginx-")
        # Its workers, which are another user's where root starts it, keep large bodies here.
        os.chmod(self.folder, 0o755)
        names = [f"{node.name}=127.0.0.1:{node.port}" for node in nodes]
        written = subprocess.run(
            [mcpctl, "deploy", "nginx", *names, "--port", str(self.port), "--log-dir", self.folder, *words],
            capture_output=True, text=True, check=True).stdout
        # Where nginx would put its files only root may write.
        places = " ".join(
            f"{name}_temp_path {self.folder}/{name};" for name in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"])
        configuration = (
            f"daemon off; pid {self.folder}/pid; error_log {self.folder}/error.log;\n"
            f"events {{ worker_connections 1024; }}\nhttp {{\n{places}\n{written}}}\n")
        pathlib.Path(f"{self.folder}/nginx.conf").write_text(configuration)
        self.process = subprocess.Popen(
            ["nginx", "-p", self.folder, "-c", f"{self.folder}/nginx.conf", "-e", f"{self.folder}/start.log"],
            stderr=subprocess.DEVNULL)
        until("nginx listens", self.listens)

    def listens(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
            return True
        except OSError:
            return False

    def close(self):
        self.process.terminate()
        self.process.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)


def get(port, path, headers=(), method="GET"):
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=WAIT)
    try:
        client.request(method, path, headers=dict(headers))
        answer = client.getresponse()
        return answer.status, answer.read().decode()
    finally:
        client.close()


class Answer:
    def __init__(self, status, headers, text):
        self.status, self.headers, self.text = status, headers, text

    @property
    def json(self):
        if (self.headers.get("Content-Type") or "").startswith("text/event-stream"):
            return [event.json for event in parse(self.text) if event.data][-1]
        return json.loads(self.text)


def post(port, body, session=None, headers=(), path="/mcp", timeout=WAIT):
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        more = {"Mcp-Session-Id": session} if session else {}
        client.request("POST", path, json.dumps(body), {**TYPES, **more, **dict(headers)})
        answer = client.getresponse()
        return Answer(answer.status, answer.headers, answer.read().decode())
    finally:
        client.close()


def modern(port, tool, **arguments):
    body = call(tool, **arguments)
    body["params"]["_meta"] = MODERN
    return post(port, body, headers={
        "MCP-Protocol-Version": "2026-07-28", "Mcp-Method": "tools/call", "Mcp-Name": tool})


def open_session(port, version="2025-06-18", ready_at=None, headers=(), capabilities=None):
    answer = post(port, {
        "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
            "protocolVersion": version, "capabilities": capabilities or {},
            "clientInfo": {"name": "cluster", "version": "1"}}}, headers=headers)
    if answer.status != 200:
        raise AssertionError(f"initialize: {answer.status} {answer.text}")
    session = answer.headers["Mcp-Session-Id"]
    post(ready_at or port, {"jsonrpc": "2.0", "method": "notifications/initialized"}, session, headers)
    return session


class Event:
    def __init__(self, block):
        self.id = self.event = self.data = self.retry = None
        for line in block.split("\n"):
            name, _, value = line.partition(": ")
            if name in ("id", "event", "data", "retry"):
                setattr(self, name, value)

    @property
    def json(self):
        return json.loads(self.data)


def parse(text):
    return [Event(block) for block in text.split("\n\n") if block and not block.startswith(":")]


class Stream:
    """An event stream, read by a thread of its own."""

    def __init__(self, port, session=None, path="/mcp", last=None, body=None, headers=(), method=None):
        self.events, self.ids, self.ended = queue.Queue(), [], threading.Event()
        self.client = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        more = dict(headers)
        if session:
            more["Mcp-Session-Id"] = session
        if last:
            more["Last-Event-ID"] = last
        if body is None:
            self.client.request("GET", path, headers={"Accept": "text/event-stream", **more})
        else:
            self.client.request("POST", path, json.dumps(body), {**TYPES, **more})
        self.answer = self.client.getresponse()
        self.status = self.answer.status
        self.last = last
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        text = ""
        try:
            while True:
                chunk = self.answer.read1(65536)
                if not chunk:
                    break
                text += chunk.decode()
                while "\n\n" in text:
                    block, text = text.split("\n\n", 1)
                    if not block.startswith(":"):
                        event = Event(block)
                        if event.id:
                            self.last = event.id
                            self.ids.append(event.id)
                        self.events.put(event)
        except Exception:  # the connection is gone
            pass
        self.ended.set()
        self.events.put(None)

    def message(self, seconds=WAIT):
        """The next message; None when the stream has ended."""
        while True:
            event = self.events.get(timeout=seconds)
            if event is None:
                return None
            if event.data:
                return event.json if event.data.startswith("{") else event

    def close(self):
        try:
            if self.client.sock:
                self.client.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.client.close()
