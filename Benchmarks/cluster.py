# SPDX-License-Identifier: Apache-2.0
"""What it costs to have sessions in Redis, and what several servers do together: the section `cluster` of bench.py."""

import contextlib
import json
import statistics
import subprocess
import threading
import time

from measure import Load, free_port, running
from wire import Connection, Requests

SESSIONS = 64
EXPECTED = '"text":"3"'


class Redis:
    """A Redis, and what it says of itself."""

    def __init__(self, server):
        self.server, self.port = server, server.port

    def info(self, section):
        said = subprocess.run(["redis-cli", "-p", str(self.port), "INFO", section], capture_output=True, text=True, check=True)
        return dict(line.split(":", 1) for line in said.stdout.splitlines() if ":" in line)

    def commands(self):
        """How many commands clients have sent; those of scripts count as well, for they are work."""
        return sum(int(value.split("calls=")[1].split(",")[0])
                   for name, value in self.info("commandstats").items() if name not in ("cmdstat_info", "cmdstat_config|get"))

    def memory(self):
        return int(self.info("memory")["used_memory_dataset"])


@contextlib.contextmanager
def redis():
    port = free_port()
    with running(["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"], port) as server:
        yield Redis(server)


@contextlib.contextmanager
def nodes(binary, store, count, *more):
    """Servers that share sessions."""
    with contextlib.ExitStack() as stack:
        found = []
        for number in range(1, count + 1):
            port = free_port()
            found.append(stack.enter_context(running(
                [binary, "serve", "--threads", "1", "--transport", "http-stream", "--port", str(port), "--redis",
                 f"redis://127.0.0.1:{store.port}", "--node-name", f"n{number}", "--set", "transport.sse=true", *more], port)))
        yield found


def calls(server, tool="calculator", arguments=None, at=None):
    """Prepared legacy calls, spread over sessions that were opened at `at`, or at the server itself."""
    requests, opener = Requests(server.port), Connection((at or server).port)
    sessions = [opener.session(Requests((at or server).port), number) for number in range(SESSIONS)]
    opener.close()
    return [requests.legacy_call(sessions[number % SESSIONS], number, tool, arguments) for number in range(4096)]


def measure(binary, quick):
    """Everything of this page."""
    return {**cost_of_redis(binary, quick), **crossing(binary, quick), **together(binary, quick), **memory(binary, quick)}


def cost_of_redis(binary, quick):
    """Calls of sessions in memory and in Redis, by turns; and of sessions that were not used here for long."""
    rounds, seconds = (2, 2) if quick else (5, 4)
    port = free_port()
    with redis() as store, nodes(binary, store, 2) as (node, other), running(
            [binary, "serve", "--threads", "1", "--transport", "http-stream", "--port", str(port)], port) as alone:
        loads = {"memory": (alone, Load(calls(alone))), "redis": (node, Load(calls(node)))}
        kept = {name: [] for name in loads}
        for server, load in loads.values():
            load.run(server, SESSIONS, 1, expect=EXPECTED)
        asked, answered, busy = store.commands(), 0, store.server.cpu()
        for _ in range(rounds):
            for name, (server, load) in loads.items():
                figures = load.run(server, SESSIONS, seconds)
                kept[name].append(figures)
                if name == "redis":
                    answered += figures["rps"] * seconds
        asked, busy = store.commands() - asked, store.server.cpu() - busy
        figure = {name: {key: statistics.median(one[key] for one in found) for key in found[0]} for name, found in kept.items()}
        # Sessions opened at one server and used once at the other: each call has to ask.
        requests, opener, user = Requests(node.port), Connection(node.port), Connection(other.port)
        count = 200 if quick else 2_000
        opened = [opener.session(requests, number) for number in range(count)]
        there = Requests(other.port)
        before, times = store.commands(), []
        for number, session in enumerate(opened):
            started = time.perf_counter()
            answer = user.send(there.legacy_call(session, number))
            times.append(time.perf_counter() - started)
            if answer.status != 200 or EXPECTED.encode() not in answer.body:
                raise SystemExit(f"bench: a wrong answer: {answer.status} {answer.body[:200]!r}")
        cold = (store.commands() - before) / count
    return {
        "memory_rps": figure["memory"]["rps"], "redis_rps": figure["redis"]["rps"],
        "rps_ratio": figure["redis"]["rps"] / figure["memory"]["rps"],
        "memory_cpu_us": figure["memory"]["cpu_us"], "redis_cpu_us": figure["redis"]["cpu_us"],
        "cpu_ratio": figure["redis"]["cpu_us"] / figure["memory"]["cpu_us"],
        "redis_commands_per_call": asked / answered, "redis_busy": busy / (rounds * seconds),
        "first_call_commands": cold, "first_call_p50_us": percentile(times, 50), "first_call_p99_us": percentile(times, 99),
    }


def percentile(times, percent):
    return sorted(times)[min(len(times) - 1, int(len(times) * percent / 100))] * 1e6


def crossing(binary, quick):
    """Messages of HTTP+SSE, which are answered on a stream: posted where the stream is, and to another server."""
    count = 200 if quick else 2_000
    found = {}
    with redis() as store, nodes(binary, store, 2) as (node, other):
        stream = Connection(node.port)
        stream.socket.sendall(b"GET /sse HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAccept: text/event-stream\r\n\r\n" % node.port)
        stream.until(b"\r\n\r\n")
        place = stream.until(b"\n\n").split(b"data: ")[1].split(b"\n")[0].decode()
        posters = {name: (Connection(server.port), Requests(server.port, place)) for name, server in
                   (("local", node), ("crossing", other))}
        hello = {"protocolVersion": "2024-11-05", "capabilities": {}, "clientInfo": {"name": "bench", "version": "1"}}
        local, requests = posters["local"]
        local.send(requests.post({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": hello}))
        stream.until(b"\n\n")
        local.send(requests.post({"jsonrpc": "2.0", "method": "notifications/initialized"}))
        times = {name: [] for name in posters}
        for number in range(1, count + 1):
            for name, (connection, requests) in posters.items():
                call = {"name": "calculator", "arguments": {"a": 1, "b": 2}}
                request = requests.post({"jsonrpc": "2.0", "id": f"{name}-{number}", "method": "tools/call", "params": call})
                started = time.perf_counter()
                connection.socket.sendall(request)
                mark = f'"{name}-{number}"'.encode()
                while mark not in stream.until(b"\n\n"):
                    pass
                times[name].append(time.perf_counter() - started)
                connection.until(b"\r\n\r\n")
        for name, kept in times.items():
            found[f"{name}_p50_us"], found[f"{name}_p99_us"] = percentile(kept, 50), percentile(kept, 99)
    return found


def together(binary, quick):
    """A tool that waits 5 ms, with as many callers at each server: one, and three at the same time."""
    seconds, callers = (2, 8) if quick else (5, 8)
    with redis() as store, nodes(binary, store, 3) as servers:
        loads = [Load(calls(server, "sleep", {"seconds": 0.005})) for server in servers]
        figures = {}

        def run(place):
            figures[place] = loads[place].run(servers[place], callers, seconds)
        run(0)
        run(0)
        one = figures[0]["rps"]
        threads = [threading.Thread(target=run, args=(place,)) for place in range(3)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        three = sum(found["rps"] for found in figures.values())
    return {"callers_per_node": callers, "one_node_rps": one, "three_nodes_rps": three, "three_to_one": three / one}


def memory(binary, quick):
    """What an idle session takes, at its server and in Redis."""
    few, many = (200, 1_000) if quick else (1_000, 9_900)
    with redis() as store, nodes(binary, store, 1) as (node,):
        requests, connection = Requests(node.port), Connection(node.port)
        for number in range(few):
            connection.session(requests, number)
        here, there = node.resident(), store.memory()
        for number in range(few, many):
            connection.session(requests, number)
        each = many - few
        return {"node_bytes_per_session": (node.resident() - here) / each, "redis_bytes_per_session": (store.memory() - there) / each}


def shown(found):
    """Rows of a table."""
    return [
        ["legacy calls/s, memory", f"{found['memory_rps']:,.0f}"], ["legacy calls/s, Redis", f"{found['redis_rps']:,.0f}"],
        ["Redis to memory, calls/s", f"{found['rps_ratio']:.3f}"], ["CPU µs a call, memory", f"{found['memory_cpu_us']:.1f}"],
        ["CPU µs a call, Redis", f"{found['redis_cpu_us']:.1f}"], ["Redis to memory, CPU", f"{found['cpu_ratio']:.3f}"],
        ["commands a call, session in use", f"{found['redis_commands_per_call']:.5f}"],
        ["Redis busy meanwhile", f"{found['redis_busy'] * 100:.1f} %"],
        ["commands of the first call elsewhere", f"{found['first_call_commands']:.2f}"],
        ["first call elsewhere, p50 / p99 µs", f"{found['first_call_p50_us']:.0f} / {found['first_call_p99_us']:.0f}"],
        ["answer on the stream, same node, p50 / p99 µs", f"{found['local_p50_us']:.0f} / {found['local_p99_us']:.0f}"],
        ["the same, posted to another, p50 / p99 µs", f"{found['crossing_p50_us']:.0f} / {found['crossing_p99_us']:.0f}"],
        [f"5 ms tool, {found['callers_per_node']} callers a node: one node, calls/s", f"{found['one_node_rps']:,.0f}"],
        ["three nodes, calls/s", f"{found['three_nodes_rps']:,.0f}"], ["three to one", f"{found['three_to_one']:.2f}"],
        ["bytes of an idle session, node", f"{found['node_bytes_per_session']:,.0f}"],
        ["bytes of an idle session, Redis", f"{found['redis_bytes_per_session']:,.0f}"],
    ]


if __name__ == "__main__":
    import sys
    print(json.dumps(measure(sys.argv[1], True), indent=2))
