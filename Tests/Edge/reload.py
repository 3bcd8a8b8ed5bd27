# SPDX-License-Identifier: Apache-2.0
"""Reloads a server's configuration under load: reload.py URL PID CONFIG KEY [CERTIFICATES].

Clients call a tool all the time; one stream of each kind the transport at URL has is open: that of a legacy session and a
`subscriptions/listen` over Streamable HTTP, that of HTTP+SSE. Meanwhile CONFIG is rewritten and read again 100 times, every
other time by SIGHUP and else by POST /reload-config; every third time it is broken. With CERTIFICATES, a folder of TestSupport's
`Certificates`, that of the server is renewed as well, and new connections have to see the new one. With MCP_KEY in the environment,
callers say who they are by it. No request may fail and no stream may end; each has to tell of every change of the tools.
"""
import http.client
import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
import threading
import time
import urllib.parse

URL, PID, CONFIG, KEY = urllib.parse.urlsplit(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
CERTIFICATES = sys.argv[5] if len(sys.argv) > 5 else None
RELOADS = 100
WAIT = 60
BASE = open(CONFIG).read()
ROOT = f"{URL.scheme}://{URL.netloc}"
CHANGED = "notifications/tools/list_changed"
WHO = {"Authorization": f"Bearer {os.environ['MCP_KEY']}"} if "MCP_KEY" in os.environ else {}
JSON_TYPES = {**WHO, "Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
stop = threading.Event()
failures, lock, calls = [], threading.Lock(), {}


def connect():
    if URL.scheme == "https":
        context = ssl.create_default_context(cafile=f"{CERTIFICATES}/ca.pem")
        return http.client.HTTPSConnection("localhost", URL.port, timeout=WAIT, context=context)
    return http.client.HTTPConnection(URL.hostname, URL.port, timeout=WAIT)


def fail(text):
    with lock:
        failures.append(text)


def request(method, number=1, **params):
    return {"jsonrpc": "2.0", "id": number, "method": method, "params": params}


INITIALIZE = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "reload", "version": "1"}}
META = {"io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": {"name": "reload", "version": "1"}}


def post(client, path, body, headers=()):
    client.request("POST", path, json.dumps(body), {**JSON_TYPES, **dict(headers)})
    response = client.getresponse()
    return response, response.read()


class Stream:
    """An event stream that is read until the end of the test."""

    def __init__(self, name, open_stream):
        self.name, self.changes, self.isOver = name, 0, False
        self.events = []
        self.arrived = threading.Condition()
        self.response = open_stream()
        if self.response.status != 200:
            sys.exit(f"{name}: {self.response.status} {self.response.read()}")
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        try:
            for line in self.response:
                if line.startswith(b"data:"):
                    with self.arrived:
                        self.events.append(line[5:].strip().decode())
                        self.changes += CHANGED in self.events[-1]
                        self.arrived.notify_all()
        except OSError as error:
            if not stop.is_set():
                fail(f"{self.name}: {error!r}")
        self.isOver = True
        if not stop.is_set():
            fail(f"{self.name}: the stream has ended")

    def wait(self, condition):
        with self.arrived:
            return self.arrived.wait_for(condition, WAIT)


def session_stream():
    client = connect()
    response, _ = post(client, URL.path, request("initialize", **INITIALIZE))
    headers = {"Mcp-Session-Id": response.getheader("Mcp-Session-Id"), "MCP-Protocol-Version": "2025-06-18"}
    post(client, URL.path, {"jsonrpc": "2.0", "method": "notifications/initialized"}, headers)
    client.request("GET", URL.path, headers={**WHO, "Accept": "text/event-stream", **headers})
    return client.getresponse()


def subscription_stream():
    client = connect()
    body = request("subscriptions/listen", notifications={"toolsListChanged": True}, _meta=META)
    headers = {**JSON_TYPES, "MCP-Protocol-Version": "2026-07-28", "Mcp-Method": "subscriptions/listen"}
    client.request("POST", URL.path, json.dumps(body), headers)
    return client.getresponse()


def old_stream():
    client = connect()
    client.request("GET", URL.path, headers={**WHO, "Accept": "text/event-stream"})
    return client.getresponse()


def work(kind):
    """Calls over and over: on one connection, or on a new one each time."""
    client, number, times = connect(), 0, {}
    while not stop.is_set():
        number += 1
        try:
            if kind == "new":
                client.close()
                client = connect()
            response, body = post(client, "/", request("tools/call", number, name="calculator", arguments={"a": number, "b": 1}))
            if response.status != 200 or json.loads(body)["result"]["content"][0]["text"] != str(number + 1):
                raise ValueError(f"{response.status} {body}")
        except Exception as error:  # whatever it is, it is one too many
            fail(f"call {kind} {number}: {error!r}")
            return
        with lock:
            calls[kind] = calls.get(kind, 0) + 1


def work_in_stream(stream):
    """Calls over and over in a session of HTTP+SSE, whose answers come on the stream."""
    client, number = connect(), 10
    place = stream.events[0]
    while not stop.is_set():
        number += 1
        try:
            response, body = post(client, place, request("tools/call", number, name="calculator", arguments={"a": number, "b": 1}))
            if response.status != 202:
                raise ValueError(f"{response.status} {body}")
        except Exception as error:
            fail(f"call in the stream {number}: {error!r}")
            return
        if not stream.wait(lambda: any(f'"id":{number},' in event or f'"id":{number}}}' in event for event in stream.events[-50:])):
            fail(f"call in the stream {number}: no answer")
            return
        with lock:
            calls["in the stream"] = calls.get("in the stream", 0) + 1


def counted():
    """How many reloads the server has counted, by their outcome."""
    client = connect()
    client.request("GET", "/metrics", headers=WHO)
    lines = client.getresponse().read().decode().splitlines()
    return {word: int(line.split()[-1]) for line in lines for word in ("success", "error") if line.startswith(f'mcp_reloads_total{{status="{word}"}}')}


def settled(before, outcome):
    """Waits until the reload a signal asked for has been counted."""
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        now = counted()
        if now != before:
            return now == {**before, outcome: before[outcome] + 1}
        time.sleep(0.01)
    return False


def serial(name=None):
    """The serial number of one of the certificates, or of the one that new connections see."""
    if name:
        words = ["openssl", "x509", "-in", f"{CERTIFICATES}/{name}.pem", "-noout", "-serial"]
        return int(subprocess.run(words, capture_output=True, text=True, check=True).stdout.split("=")[1], 16)
    client = connect()
    client.connect()
    return int(client.sock.getpeercert()["serialNumber"], 16)


def main():
    if URL.path.endswith("/sse"):
        streams = [Stream("stream of HTTP+SSE", old_stream)]
        streams[0].wait(lambda: streams[0].events)
        post(connect(), streams[0].events[0], request("initialize", **INITIALIZE))
        streams[0].wait(lambda: len(streams[0].events) > 1)
        post(connect(), streams[0].events[0], {"jsonrpc": "2.0", "method": "notifications/initialized"})
        workers = [threading.Thread(target=work_in_stream, args=(streams[0],))]
    else:
        streams = [Stream("stream of a session", session_stream), Stream("subscriptions/listen", subscription_stream)]
        streams[1].wait(lambda: streams[1].events)
        workers = []
    workers += [threading.Thread(target=work, args=(kind,)) for kind in ("kept", "kept", "new")]
    for worker in workers:
        worker.start()

    done = {"SIGHUP": [0, 0], "POST": [0, 0]}
    changes, renewals = 0, 0
    serials = [serial("one"), serial("two")] if CERTIFICATES else []
    for number in range(1, RELOADS + 1):
        isBroken = number % 3 == 0
        if CERTIFICATES:
            for ending in ("pem", "key"):
                shutil.copy(f"{CERTIFICATES}/{('one', 'two')[number % 2]}.{ending}", f"{CERTIFICATES}/coming")
                os.rename(f"{CERTIFICATES}/coming", f"{CERTIFICATES}/live.{ending}")
        more = "tools: {deny: [5, : broken" if isBroken else f"tools: {{deny: [{('echo', 'weather')[changes % 2]}]}}"
        with open(CONFIG + ".new", "w") as file:
            file.write(BASE + more + "\n")
        os.rename(CONFIG + ".new", CONFIG)
        if number % 2:
            before = counted()
            os.kill(PID, signal.SIGHUP)
            if not settled(before, "error" if isBroken else "success"):
                fail(f"reload {number} by SIGHUP: from {before} to {counted()}")
            done["SIGHUP"][isBroken] += 1
        else:
            client = connect()
            client.request("POST", "/reload-config", headers={"Authorization": f"Bearer {KEY}"})
            response = client.getresponse()
            answer = json.loads(response.read())
            if (response.status, answer["status"]) != ((422, "unchanged") if isBroken else (200, "reloaded")):
                fail(f"reload {number} by POST: {response.status} {answer}")
            if isBroken and answer["problems"][0].get("line") is None:
                fail(f"reload {number} by POST: no place in {answer}")
            done["POST"][isBroken] += 1
        if not isBroken:
            changes += 1
            if CERTIFICATES:
                renewals += serial() == serials[number % 2]
                if serial() != serials[number % 2]:
                    fail(f"reload {number}: the old certificate is shown")
            # What changes faster than peers can be told may be told as one, so each is waited for.
            for stream in streams:
                seen = stream.changes
                if not stream.wait(lambda: stream.changes >= changes) and not stream.isOver:
                    fail(f"reload {number}: {stream.name} told of {seen} changes, not {changes}")
    for stream in streams:
        if stream.isOver or stream.changes != changes:
            fail(f"{stream.name}: told of {stream.changes} changes, not {changes}" + (", and over" if stream.isOver else ""))
    stop.set()
    for worker in workers:
        worker.join()
    kinds = ", ".join(f"{count} by {way} ({broken} of them broken)" for way, (good, broken) in done.items() for count in [good + broken])
    told = ", ".join(f"{stream.name}: {stream.changes}" for stream in streams)
    made = ", ".join(f"{count} {kind}" for kind, count in sorted(calls.items()))
    print(f"{URL.scheme} {URL.path}: {RELOADS} reloads, {kinds}; {changes} changes of the tools, told on {told}; {renewals} certificates; calls: {made}; {len(failures)} failed")
    for failure in failures[:20]:
        print("FAIL", failure)
    sys.stdout.flush()
    os._exit(0 if not failures and all(count >= RELOADS for count in calls.values()) else 1)


main()
