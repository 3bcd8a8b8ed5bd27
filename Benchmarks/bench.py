#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures mcpctl beside nginx and the Python servers, in one run: `make bench`.

Everything runs on this machine, so only figures of the same run compare; the ratios to nginx, measured right before and
after each of ours, repeat best. Prints tables and writes Benchmarks/results/<time>.json.
"""

import argparse
import datetime
import json
import os
import pathlib
import platform
import re
import selectors
import shutil
import statistics
import subprocess
import tempfile
import time
import urllib.request

import cluster
from callers import CALLERS
from measure import HERE, SERVER_CORE, Load, Server, free_port, nginx, raise_file_limit, running
from wire import Connection, Requests

EXPECTED = '"text":"3"'
SESSIONS = 64
# As many sessions as are opened on one server: just below its limit of 10 000.
FULL = 9_900
SERVE = ["serve", "--threads", "1"]


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default=".build-release/release/mcpctl", help="the mcpctl to measure")
    parser.add_argument("--quick", action="store_true", help="shorter rounds, no Python servers: a first impression")
    parser.add_argument("--only", default="", help="the sections to run, of: " + " ".join(SECTIONS))
    return parser.parse_args()


def say(text=""):
    print(text, flush=True)


def table(head, rows):
    """Prints a table with its columns aligned, the first to the left."""
    cells = [head] + [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    for row in cells:
        say("  " + row[0].ljust(widths[0]) + "".join(f"  {cell.rjust(width)}" for cell, width in zip(row[1:], widths[1:])))
    say()


def prepared_calls(server, era, credentials=()):
    """Enough calls that no id is in flight twice, spread over the sessions in the legacy era."""
    requests = Requests(server.port, credentials=credentials)
    if era == "modern":
        return [requests.modern_call(number) for number in range(4096)]
    connection = Connection(server.port)
    sessions = [connection.session(requests, number) for number in range(SESSIONS)]
    connection.close()
    return [requests.legacy_call(sessions[number % SESSIONS], number) for number in range(4096)]


def one_answer(server, era, credentials=()):
    """The body of the answer to one call, checked."""
    requests = Requests(server.port, credentials=credentials)
    connection = Connection(server.port)
    request = requests.modern_call(100) if era == "modern" else requests.legacy_call(connection.session(requests), 100)
    answer = connection.send(request)
    connection.close()
    if answer.status != 200 or EXPECTED.encode() not in answer.body:
        raise SystemExit(f"bench: a wrong answer: {answer.status} {answer.body[:300]!r}")
    return answer.body


def median_of(rounds):
    return {key: statistics.median(one[key] for one in rounds) for key in rounds[0]}


def against_nginx(server, era, rounds, seconds, credentials=()):
    """Interleaved rounds: nginx, the server, nginx …; each round's ratios are to the nginx runs around it."""
    body = one_answer(server, era, credentials)
    load = Load(prepared_calls(server, era, credentials))
    load.run(server, SESSIONS, 1, expect=EXPECTED)  # warms up, and looks at every answer
    kept = []
    with nginx(body) as limit:
        load.run(limit, SESSIONS, 1)
        before = load.run(limit, SESSIONS, seconds)
        for _ in range(rounds):
            ours = load.run(server, SESSIONS, seconds)
            after = load.run(limit, SESSIONS, seconds)
            ours["nginx_rps"] = (before["rps"] + after["rps"]) / 2
            ours["nginx_cpu_us"] = (before["cpu_us"] + after["cpu_us"]) / 2
            ours["rps_ratio"] = ours["rps"] / ours["nginx_rps"]
            ours["cpu_ratio"] = ours["cpu_us"] / ours["nginx_cpu_us"]
            kept.append(ours)
            before = after
        alone = load.run(server, 1, max(2, seconds // 2))
        limit_alone = load.run(limit, 1, max(2, seconds // 2))
    result = median_of(kept)
    result["rps_ratio_spread"] = max(k["rps_ratio"] for k in kept) - min(k["rps_ratio"] for k in kept)
    result.update(body_bytes=len(body), p50_alone_us=alone["p50_us"], p99_alone_us=alone["p99_us"],
                  nginx_p50_alone_us=limit_alone["p50_us"], nginx_p99_alone_us=limit_alone["p99_us"])
    return result


def ours(binary, *more, transport="http-stream"):
    port = free_port()
    return running([binary, *SERVE, "--transport", transport, "--port", str(port), *more], port)


def peers():
    """The Python servers, as (name, command without port)."""
    for name, requirements, script in (
        ("Python SDK 2.3.0", "Tests/Interop/requirements-2.txt", "python_sdk.py"),
        ("FastMCP 4.1.2", "Benchmarks/requirements-fastmcp.txt", "fastmcp_server.py"),
    ):
        root = HERE.parent
        made = subprocess.run([root / "scripts/venv.sh", root / requirements], capture_output=True, text=True, check=True)
        yield name, [made.stdout.strip(), str(HERE / "peers" / script)]


def throughput(arguments):
    """tools/call calculator over http-stream, 64 keep-alive connections."""
    rounds, seconds = (2, 2) if arguments.quick else (5, 5)
    found = {}
    with ours(arguments.binary) as server:
        for era in ("legacy", "modern"):
            found[f"mcpctl, {era}"] = against_nginx(server, era, rounds, seconds)
    if not arguments.quick:
        for name, command in peers():
            port = free_port()
            with running([*command, str(port)], port) as server:
                for era in ("legacy", "modern"):
                    found[f"{name}, {era}"] = against_nginx(server, era, 2, 3)
    beside_nginx(found)
    return found


def auth(arguments):
    """The same of callers who have to say who they are: each call leaves a line in the log; metrics are on."""
    rounds, seconds = (2, 2) if arguments.quick else (5, 5)
    found = {}
    for name in ("with an API key", "with a JWT"):
        with tempfile.TemporaryDirectory() as folder:
            caller = CALLERS[name](folder)
            with ours(arguments.binary, "--log-level", "info", *caller.options) as server:
                metrics = urllib.request.Request(f"http://127.0.0.1:{server.port}/metrics", headers=dict(caller.credentials))
                found[f"mcpctl, legacy, {name}"] = against_nginx(server, "legacy", rounds, seconds, caller.credentials)
                if b"mcp_tool_execution_total" not in urllib.request.urlopen(metrics, timeout=10).read():
                    raise SystemExit("bench: nothing is measured at /metrics")
    beside_nginx(found)
    return found


def beside_nginx(found):
    """Prints what was found beside nginx."""
    table(
        ["", "requests/s", "× nginx", "±", "CPU µs", "× nginx", "p50 c=1 µs", "p99 c=1 µs", "nginx p50", "nginx p99"],
        [[name, f"{r['rps']:,.0f}", f"{r['rps_ratio']:.3f}", f"{r['rps_ratio_spread'] / 2:.3f}", f"{r['cpu_us']:.1f}",
          f"{r['cpu_ratio']:.2f}", f"{r['p50_alone_us']:.0f}", f"{r['p99_alone_us']:.0f}",
          f"{r['nginx_p50_alone_us']:.0f}", f"{r['nginx_p99_alone_us']:.0f}"] for name, r in found.items()],
    )


def stdio(arguments):
    """tools/call calculator through a pipe."""
    calls = 5_000 if arguments.quick else 50_000
    found = {}
    for name, window in (("one at a time", 1), ("64 in flight", 64)):
        command = ["taskset", "-c", SERVER_CORE, arguments.binary, "serve", "--transport", "stdio"]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        into, out = process.stdin, process.stdout.fileno()
        server = Server(process, 0)
        params = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "bench", "version": "1"}}
        into.write(json.dumps({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params}).encode() + b"\n")
        os.read(out, 65536)
        into.write(b'{"jsonrpc":"2.0","method":"notifications/initialized"}\n')
        lines = [
            b'{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":"calculator","arguments":{"a":1,"b":2}}}\n' % n
            for n in range(1, calls + 1)
        ]
        sent = answered = right = 0
        tail, expected = b"", EXPECTED.encode()
        before, started = server.cpu(), time.perf_counter()
        while answered < calls:
            more = lines[sent:answered + window]
            if more:
                into.write(b"".join(more))
                sent += len(more)
            data = os.read(out, 1 << 20)
            if not data:
                raise SystemExit("bench: the stdio server ended early")
            data = tail + data
            whole, _, tail = data.rpartition(b"\n")
            answered += whole.count(b"\n") + 1 if whole else 0
            right += whole.count(expected)
        elapsed, spent = time.perf_counter() - started, server.cpu() - before
        into.close()
        process.wait(timeout=10)
        if right != calls:
            raise SystemExit(f"bench: {calls - right} wrong answers over stdio")
        found[name] = {"calls_per_second": calls / elapsed, "cpu_us": spent / calls * 1e6}
    table(["", "calls/s", "CPU µs"], [[n, f"{r['calls_per_second']:,.0f}", f"{r['cpu_us']:.1f}"] for n, r in found.items()])
    return found


def sessions(arguments):
    """New sessions per second, and what an idle one costs."""
    storms = []
    for _ in range(1 if arguments.quick else 5):
        with ours(arguments.binary) as server:
            requests = Requests(server.port)
            load = Load([requests.initialize(number) for number in range(4096)])
            storms.append(load.run(server, 16, 3, stop_after=FULL - 100))
    storm = median_of(storms)
    with ours(arguments.binary) as server:
        requests = Requests(server.port)
        connection = Connection(server.port)
        for number in range(1_000):
            connection.session(requests, number)
        few = server.resident()
        for number in range(1_000, FULL):
            connection.session(requests, number)
        idle = server.resident()
    each = (idle - few) / (FULL - 1_000)
    found = {"initialize_per_second": storm["rps"], "initialize_cpu_us": storm["cpu_us"],
             "bytes_per_session": each, "resident_full": idle}
    table(["sessions", ""], [["initialize/s", f"{storm['rps']:,.0f}"], ["CPU µs each", f"{storm['cpu_us']:.1f}"],
                             ["bytes per idle session", f"{each:,.0f}"]])
    return found


def streams(arguments):
    """What an idle event stream costs."""
    found = {}
    for transport, most in (("sse", 10_000), ("http-stream", FULL)):
        count = 1_000 if arguments.quick else most
        with ours(arguments.binary, transport=transport) as server:
            requests = Requests(server.port)
            held = []
            helper = Connection(server.port)

            def open_stream(number):
                connection = Connection(server.port)
                if transport == "sse":
                    more, path = b"", b"/sse"
                else:
                    session = helper.session(requests, number)
                    more, path = b"Mcp-Session-Id: %s\r\nMCP-Protocol-Version: 2025-11-25\r\n" % session.encode(), b"/mcp"
                connection.socket.sendall(
                    b"GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAccept: text/event-stream\r\n%s\r\n" % (path, server.port, more)
                )
                head = connection.until(b"\r\n\r\n")
                if b" 200 " not in head[:20]:
                    raise SystemExit(f"bench: no stream: {head!r}")
                held.append(connection)

            for number in range(50):
                open_stream(number)
            before, started = server.resident(), time.perf_counter()
            for number in range(50, count):
                open_stream(number)
            elapsed = time.perf_counter() - started
            time.sleep(0.5)
            found[transport] = {"streams": count, "bytes_per_stream": (server.resident() - before) / (count - 50),
                           "seconds": elapsed}
            for connection in held:
                connection.close()
    table(["idle streams", "held", "bytes each", "seconds to open"],
          [[n, r["streams"], f"{r['bytes_per_stream']:,.0f}", f"{r['seconds']:.2f}"] for n, r in found.items()])
    return found


def pushes(arguments):
    """What a server says unasked: notifications to many listeners, and 1 000 events again to one who comes back."""
    program = pathlib.Path(arguments.binary).parent / "EverythingServer"
    if not program.exists():
        say(f"  skipped: {program} is not built\n")
        return {}
    port = free_port()
    with running([str(program), "--port", str(port)], port) as server:
        found = {**fan_out(server, 100 if arguments.quick else 1_000, 5 if arguments.quick else 50),
                 **replay(server, 5 if arguments.quick else 50)}
    table(["pushes", ""], [
        ["listeners", found["listeners"]],
        ["notifications/s", f"{found['notifications_per_second']:,.0f}"],
        ["CPU µs per notification", f"{found['notification_cpu_us']:.2f}"],
        ["replay of 1 000 events, ms", f"{found['replay_ms']:.2f}"],
        ["replayed events/s", f"{found['replayed_per_second']:,.0f}"],
    ])
    return found


def fan_out(server, listeners, rounds):
    """Says `rounds` times that a resource changed to as many subscribed sessions, each with a stream of its own."""
    requests, helper = Requests(server.port), Connection(server.port)
    streams = selectors.DefaultSelector()
    held = []
    for number in range(listeners):
        session = helper.session(requests, number)
        answer = helper.send(requests.legacy(session, 1, "resources/subscribe", {"uri": "test://watched-resource"}))
        if answer.status != 200 or b'"result"' not in answer.body:
            raise SystemExit(f"bench: no subscription: {answer.status} {answer.body[:200]!r}")
        stream = Connection(server.port)
        stream.socket.sendall(requests.stream(session))
        stream.until(b"\r\n\r\n")
        streams.register(stream.socket, selectors.EVENT_READ)
        held.append(stream)
    speaker = helper.session(requests, listeners)
    mark, heard = b"notifications/resources/updated", 0
    before, started = server.cpu(), time.perf_counter()
    for number in range(1, rounds + 1):
        helper.send(requests.legacy_call(speaker, number, "test_trigger_resource_update", {}))
        while heard < number * listeners:
            ready = streams.select(timeout=20)
            if not ready:
                raise SystemExit(f"bench: {heard} notifications came, not {number * listeners}")
            for key, _ in ready:
                heard += key.fileobj.recv(65536).count(mark)
    elapsed, spent = time.perf_counter() - started, server.cpu() - before
    for stream in held:
        stream.close()
    return {"listeners": listeners, "notifications_per_second": heard / elapsed,
            "notification_cpu_us": spent / heard * 1e6}


def replay(server, rounds, events=1_000):
    """Has a call say `events` things, then reads them again from the first on."""
    requests, connection = Requests(server.port), Connection(server.port)
    session = connection.session(requests)
    said = connection.send(requests.legacy_call(session, 1, "test_many_messages", {"count": events})).body
    first = said[said.index(b"id: ") + 4:said.index(b"\n")].decode()
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        again = connection.send(requests.stream(session, after=first)).body
        times.append(time.perf_counter() - started)
        if again.count(b"notifications/message") != events or b"messages sent" not in again:
            raise SystemExit(f"bench: {again.count(b'notifications/message')} events were replayed, not {events}")
    middle = statistics.median(times)
    return {"replay_ms": middle * 1000, "replayed_per_second": events / middle}


def startup(arguments):
    """How long a command takes from start to end, and how big the program is."""
    with tempfile.TemporaryDirectory() as folder:
        stripped = pathlib.Path(folder) / "mcpctl"
        shutil.copy(arguments.binary, stripped)
        subprocess.run(["strip", stripped], check=True)
        commands = {
            "/bin/true": ["/bin/true"],
            "mcpctl version": [stripped, "version"],
            "mcpctl call calculator a=1 b=2": [stripped, "call", "calculator", "a=1", "b=2"],
        }
        times = {name: [] for name in commands}
        for turn in range(22):
            for name, command in commands.items():
                started = time.perf_counter()
                done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True)
                elapsed = time.perf_counter() - started
                if done.returncode != 0:
                    raise SystemExit(f"bench: {name} failed: {done.stderr.decode()}")
                if turn >= 2:
                    times[name].append(elapsed * 1000)
        libraries = subprocess.run(["ldd", stripped], capture_output=True, text=True).stdout
        found = {
            "milliseconds": {name: statistics.median(all_times) for name, all_times in times.items()},
            "stripped_bytes": stripped.stat().st_size,
            "links": sorted(re.findall(r"^\s*(\S+) =>", libraries, re.MULTILINE)),
        }
    table(["median of 20", "ms"], [[name, f"{value:.1f}"] for name, value in found["milliseconds"].items()])
    say(f"  stripped {found['stripped_bytes'] / 1e6:.1f} MB, links {' '.join(found['links'])}\n")
    return found


def together(arguments):
    """Sessions in Redis, and several servers that share them."""
    if shutil.which("redis-server") is None:
        say("  skipped: there is no redis-server: make test-deps\n")
        return {}
    found = cluster.measure(arguments.binary, arguments.quick)
    table(["cluster", ""], cluster.shown(found))
    return found


SECTIONS = {
    "throughput": throughput, "auth": auth, "stdio": stdio, "sessions": sessions, "streams": streams, "pushes": pushes,
    "startup": startup, "cluster": together,
}


def main():
    arguments = parse()
    arguments.binary = str(pathlib.Path(arguments.binary).resolve())
    raise_file_limit()
    found = {
        "when": datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
        "machine": {"system": platform.platform(), "cores": os.cpu_count()},
        "commit": subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True).stdout.strip(),
        "quick": arguments.quick,
    }
    for name, section in SECTIONS.items():
        if not arguments.only or name in arguments.only.split(","):
            say(f"==> {section.__doc__}")
            found[name] = section(arguments)
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    file = results / f"{found['when'].replace(':', '')}.json"
    file.write_text(json.dumps(found, indent=2) + "\n")
    say(f"==> written to {file.relative_to(HERE.parent)}")


if __name__ == "__main__":
    main()
