# SPDX-License-Identifier: Apache-2.0
"""What has to be so of several servers, whatever happens: invariants.py MCPCTL [--fast]

The numbers are those of the invariants in docs/cluster.md. With --fast, those that take long are left out, and the others ask
less often.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

from nodes import (WAIT, Cluster, Nginx, Node, Redis, Sharded, Stream, Watched, at_once, call, get, modern, open_session, post, until)
from harness import Report, Skip, equal, expect, free_port

FAST = "--fast" in sys.argv
QUICK_LEASE = ["--set", "cluster.lease=3s", "--set", "cluster.heartbeat=1s"]
CHANGED = "notifications/tools/list_changed"


def node_of(answer):
    return answer.json["result"]["structuredContent"]["node"]


def with_progress(seconds, number, token="t"):
    body = call("sleep", number, seconds=seconds)
    body["params"]["_meta"] = {"progressToken": token}
    return body


# --- a server among others


def i0_a_server_says_who_it_is_and_nothing_of_its_password(mcpctl):
    redis = Redis("--requirepass", "a-secret-word")
    port = free_port()
    environment = {
        "PATH": os.environ["PATH"], "REDIS_ADDRESS": f"127.0.0.1:{redis.port}", "REDIS_PASSWORD": "a-secret-word",
        "NODE_NAME": "node1", "NODE_ADDRESS": "10.1.2.3", "NODE_PORT": "9091", "MCP_LOG_LEVEL": "debug"}
    process = subprocess.Popen([mcpctl, "serve", "--transport", "http-stream", "--port", str(port)], env=environment,
                               stderr=subprocess.PIPE, text=True)
    try:
        first = process.stderr.readline()
        expect("Clustered MCP server started node=node1 address=10.1.2.3 port=9091" in first, first)
        until("it serves", lambda: "serving" in process.stderr.readline())
        session = open_session(port)
        equal(post(port, call("echo", message="x"), session).json["result"]["structuredContent"],
              {"echo": "x", "node": "node1"}, "echo")
        equal(modern(port, "echo", message="x").json["result"]["structuredContent"]["node"], "node1", "echo, modern")
        equal(json.loads(get(port, "/health")[1]), {"status": "ok", "node": "node1"}, "/health")

        def ask(*words):
            return redis.ask("--no-auth-warning", "-a", "a-secret-word", *words).strip()
        equal(ask("HGET", "mcp:instance:node1", "address"), "10.1.2.3", "mcp:instance")
        equal(ask("HMGET", f"mcp:sessions:{session}", "instanceId", "transportType"), "node1\nstreamable-http", "mcp:sessions")
        expect(1700 < int(ask("TTL", f"mcp:sessions:{session}")) <= 1800, "30 minutes")
        command = open(f"/proc/{process.pid}/cmdline").read()
        process.terminate()
        told = process.stderr.read()
        equal(process.wait(WAIT), 0, "exit code")
        expect("a-secret-word" not in command + first + told, "the password is told")
        equal(ask("EXISTS", "mcp:instance:node1"), "0", "its name is free")
        typed = subprocess.run(
            [mcpctl, "serve", "--transport", "http-stream", "--redis", f"redis://:a-secret-word@127.0.0.1:{redis.port}"],
            capture_output=True, text=True, timeout=WAIT)
        expect(typed.returncode == 64 and "REDIS_PASSWORD" in typed.stderr, f"a password that is typed: {typed.stderr}")
        expect("a-secret-word" not in typed.stderr, "it is repeated")
        environment["REDIS_PASSWORD"] = "a-wrong-word"
        wrong = subprocess.run([mcpctl, "serve", "--transport", "http-stream", "--port", "0"], env=environment,
                               capture_output=True, text=True, timeout=WAIT)
        expect(wrong.returncode != 0 and "password is wrong" in wrong.stderr, f"a wrong password: {wrong.stderr}")
        expect("a-wrong-word" not in wrong.stderr, "it is repeated")
    finally:
        if process.poll() is None:
            process.kill()
        redis.close()


# --- sessions


def i1_a_live_session_is_served_by_every_node(mcpctl):
    with Cluster(mcpctl) as cluster:
        ports = [node.port for node in cluster.nodes]
        session = open_session(ports[0], ready_at=ports[1])
        methods = [
            ("tools/list", {}), ("ping", {}), ("prompts/list", {}), ("resources/list", {}), ("resources/templates/list", {}),
            ("logging/setLevel", {"level": "warning"}), ("tools/call", {"name": "echo", "arguments": {"message": "x"}}),
            ("tools/call", {"name": "calculator", "arguments": {"a": 1, "b": 2}})]
        for port in ports:
            for method, params in methods:
                answer = post(port, {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}, session)
                equal(answer.status, 200, f"{method} at {port}")
                expect("result" in answer.json, f"{method}: {answer.text}")
        failures, served = [], {}

        def work(count, first):
            for number in range(first, first + count):
                answer = post(random.choice(ports), call("echo", number, message=f"{number}"), session)
                if answer.status != 200 or answer.json["result"]["structuredContent"]["echo"] != f"{number}":
                    failures.append(answer.text)
                else:
                    served[node_of(answer)] = served.get(node_of(answer), 0) + 1
        count = 600 if FAST else 10_000
        threads = [threading.Thread(target=work, args=(count // 4, turn * count)) for turn in range(4)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        equal(failures, [], "failures")
        equal(sum(served.values()), count, "answers")
        equal(set(served), {"n1", "n2", "n3"}, "nodes that served")


def i15_deleting_a_session_ends_it_everywhere_within_a_second(mcpctl):
    with Cluster(mcpctl) as cluster:
        ports = [node.port for node in cluster.nodes]
        session = open_session(ports[0])
        stream = Stream(ports[1], session)
        equal(stream.status, 200, "the stream")
        for port in ports:
            equal(post(port, call("echo", message="x"), session).status, 200, "before")
        equal(get(ports[2], "/mcp", {"Mcp-Session-Id": session}, "DELETE")[0], 204, "DELETE")
        began = time.monotonic()
        for port in ports:
            until("the session is gone", lambda: post(port, call("echo", message="x"), session).status == 404, 1)
        expect(stream.ended.wait(1), "the stream ends")
        expect(time.monotonic() - began < 1, "all of that within a second")
        left = [key for key in cluster.redis.keys() if session in key and not key.startswith("mcp:sessions:")]
        equal(left, [], "keys left")


def i15_operators_end_sessions_and_drain_servers(mcpctl):
    with Cluster(mcpctl, 2) as cluster:
        one, other = (node.port for node in cluster.nodes)
        session = open_session(one)
        stream = Stream(other, session)
        store = {"PATH": os.environ["PATH"], "REDIS_ADDRESS": f"127.0.0.1:{cluster.redis.port}"}

        def run(*words):
            done = subprocess.run([mcpctl, *words], env=store, capture_output=True, text=True, timeout=WAIT)
            equal(done.returncode, 0, f"{words}: {done.stderr}")
            return done.stdout
        expect("n1" in run("cluster", "ls") and "n2" in run("cluster", "ls"), "both are listed")
        run("sessions", "kill", session, "--yes")
        for port in (one, other):
            until("the session is gone", lambda: post(port, call("echo", message="x"), session).status == 404, 1)
        expect(stream.ended.wait(1), "the stream ends")
        run("cluster", "drain", "n1")
        equal(cluster.nodes[0].process.wait(WAIT), 0, "it ends")
        equal(cluster.redis.keys("mcp:instance:*"), ["mcp:instance:n2"], "who is left")


def i18_a_forged_id_costs_no_command(mcpctl):
    with Cluster(mcpctl, 2, "--set", "cluster.heartbeat=500s", "--set", "cluster.lease=3000s") as cluster:
        session = open_session(cluster.nodes[0].port)
        parts = session.split(".")
        forged = [".".join(parts[:4] + ["A" * 22]), ".".join(parts[:2] + ["A" * 22] + parts[3:]), "f" * 32, "v1", "v1.n1..."]
        before = cluster.redis.calls()
        for identifier in forged * 10:
            equal(post(cluster.nodes[1].port, call("echo", message="x"), identifier).status, 404, identifier)
            equal(get(cluster.nodes[1].port, "/mcp", {"Mcp-Session-Id": identifier}, "DELETE")[0], 404, identifier)
        equal(cluster.redis.calls(), before, "commands")


def i18_another_caller_learns_nothing_of_a_session(mcpctl):
    with tempfile.TemporaryDirectory() as folder:
        keys = {}
        for name in ("ada", "bob"):
            made = subprocess.run([mcpctl, "keys", "new", name, "--add", f"{folder}/keys"], capture_output=True, text=True)
            keys[name] = {"Authorization": f"Bearer {made.stdout.strip()}"}
        with Cluster(mcpctl, 2, "--auth-keys", f"{folder}/keys") as cluster:
            one, other = (node.port for node in cluster.nodes)
            session = open_session(one, headers=keys["ada"])
            unknown = session[:-3] + "AAA"
            for body in (call("echo", message="x"), {"jsonrpc": "2.0", "id": 3, "method": "ping"}):
                crossed = post(other, body, session, keys["bob"])
                made_up = post(other, body, unknown, keys["bob"])
                equal((crossed.status, crossed.text), (made_up.status, made_up.text), "what is told")
                equal(crossed.status, 404, "status")
            equal(post(other, call("echo", message="x"), session, keys["ada"]).status, 200, "its own")


def i19_modern_requests_ask_redis_nothing(mcpctl):
    with Cluster(mcpctl, 2, "--set", "cluster.heartbeat=500s", "--set", "cluster.lease=3000s") as cluster:
        before = cluster.redis.calls()
        for number in range(50):
            answer = modern(cluster.nodes[number % 2].port, "echo", message=f"{number}")
            equal(answer.json["result"]["structuredContent"]["echo"], f"{number}", "echo")
        answer = modern(cluster.nodes[0].port, "sleep", seconds=0.1)
        equal(answer.status, 200, "a tool that waits")
        equal(cluster.redis.calls(), before, "commands")


def i19_a_session_in_use_asks_redis_once_in_two_seconds(mcpctl):
    with Cluster(mcpctl, 1, "--set", "cluster.heartbeat=500s", "--set", "cluster.lease=3000s") as cluster:
        port = cluster.nodes[0].port
        session = open_session(port)
        before, began = sum(cluster.redis.calls().values()), time.monotonic()
        for number in range(400):
            equal(post(port, call("echo", number, message="x"), session).status, 200, "echo")
        asked, took = sum(cluster.redis.calls().values()) - before, time.monotonic() - began
        print(f"     400 calls in {took:.1f} s, {asked} commands", flush=True)
        # One look-up is a script, and what is in it.
        expect(asked <= 8 * (took / 2 + 1), f"{asked} commands in {took} s")


def i12_names_are_given_once(mcpctl):
    with Cluster(mcpctl, 1, *QUICK_LEASE) as cluster:
        words = [mcpctl, "serve", "--transport", "http-stream", "--port", "0", "--redis",
                 f"redis://127.0.0.1:{cluster.redis.port}", "--node-name", "n1", *QUICK_LEASE]
        second = subprocess.run(words, capture_output=True, text=True, timeout=30)
        expect(second.returncode != 0, "the second one is refused")
        expect("another server is called 'n1'" in second.stderr, second.stderr)
        equal(cluster.redis.ask("PUBSUB", "NUMSUB", "mcp:bus").split()[-1], "1", "who hears the bus")
        # One that crashed has its name again when its time is up.
        cluster.nodes[0].kill()
        cluster.nodes[0].start()


def i13_all_keys_of_sessions_end_by_themselves(mcpctl):
    count = 40 if FAST else 10_000
    with Cluster(mcpctl, 2, "--session-ttl", "3s", "--set", "session.initialize_timeout=2s", "--max-sessions", "20000",
                 redis=["--maxmemory", "1gb"]) as cluster:
        empty = cluster.redis.keys()
        sessions = []

        def work():
            for _ in range(count // 4):
                sessions.append(open_session(random.choice(cluster.nodes).port))
        threads = [threading.Thread(target=work) for _ in range(4)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        stream = Stream(cluster.nodes[0].port, None, body=with_progress(0.2, 1), headers={"Mcp-Session-Id": sessions[-1]})
        while stream.message():
            pass
        lasting = ["mcp:index:sessions", "mcp:instances", "mcp:meta"]
        for key in random.sample(cluster.redis.keys(), min(400, len(cluster.redis.keys()))):
            if key not in lasting:
                expect(int(cluster.redis.ask("PTTL", key)) != -1, f"{key} never ends")
        until("nothing is left", lambda: set(cluster.redis.keys()) <= set(empty + lasting), 60)


def i14_sessions_have_a_limit_for_all_nodes_together(mcpctl):
    with Cluster(mcpctl, 2, "--max-sessions", "20") as cluster:
        ports = [node.port for node in cluster.nodes]
        sessions = [open_session(ports[number % 2]) for number in range(20)]
        body = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
            "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "c", "version": "1"}}}
        for port in ports * 20:
            answer = post(port, body)
            equal(answer.status, 503, "one too many")
            expect(answer.headers["Retry-After"], "Retry-After")
        for session in sessions:
            equal(post(random.choice(ports), call("echo", message="x"), session).status, 200, "those that are open")


def i14_a_limit_that_is_changed_holds_at_once(mcpctl):
    with tempfile.TemporaryDirectory() as folder, Cluster(mcpctl, 0) as cluster:
        config = f"{folder}/c.yaml"
        open(config, "w").write("session.max_sessions: 3\nsession.ttl: 20m\n")
        node = Node(mcpctl, cluster.redis, "n1", "--config", config)
        cluster.nodes.append(node)
        sessions = [open_session(node.port, "2025-11-25") for _ in range(3)]
        expect(opens_a_session(node.port) is None, "a fourth one is refused")
        open(config, "w").write("session.max_sessions: 5\nsession.ttl: 40m\n")
        node.process.send_signal(signal.SIGHUP)
        sessions.append(until("a fourth one is opened", lambda: opens_a_session(node.port), 10))
        expect(2300 < int(cluster.redis.ask("TTL", f"mcp:sessions:{sessions[-1]}")) <= 2400, "40 minutes")
        stream = Stream(node.port, sessions[0], body=with_progress(0.2, 1))
        while stream.message():
            pass
        expect(2300 < int(cluster.redis.ask("TTL", f"mcp:events:{sessions[0]}")) <= 2400, "and what is said on its streams")


def i14_a_session_that_is_idle_takes_little_memory(mcpctl):
    count = 200 if FAST else 4000
    with Cluster(mcpctl, 1, "--max-sessions", "10000") as cluster:
        node = cluster.nodes[0]
        for _ in range(50):
            open_session(node.port, "2025-11-25")
        before, kept = node.resident(), cluster.redis.memory()
        at_once(4, lambda _: [open_session(node.port, "2025-11-25") for _ in range(count // 4)])
        here, there = (node.resident() - before) / count, (cluster.redis.memory() - kept) / count
        print(f"     {count} sessions: {here / 1024:.1f} KB each at the node, {there:.0f} bytes each in Redis", flush=True)
        # What a few sessions take is not told from what the allocator keeps.
        expect(FAST or here <= 60 * 1024, f"{here} bytes at the node")
        expect(there <= 2048, f"{there} bytes in Redis")


# --- streams


def i3_what_is_said_on_a_stream_comes_once_and_in_order(mcpctl):
    with Cluster(mcpctl) as cluster:
        ports = [node.port for node in cluster.nodes]
        session = open_session(ports[0], "2025-11-25")
        calls, wanted = (1, 6) if FAST else (12, 100)
        turns = [0] * calls

        def work(number):
            began = time.monotonic()
            stream = Stream(ports[number % 3], session, body=with_progress(4, number, f"t{number}"),
                            headers={"MCP-Protocol-Version": "2025-11-25"})
            equal(stream.status, 200, "the stream")
            got, last = [], None
            while not (got and "result" in got[-1]) and time.monotonic() < began + 60:
                message = stream.message()
                if message:
                    got.append(message)
                    last = stream.last
                if len(got) < 10 or not message:
                    # The connection is lost; the client comes back to another node.
                    turns[number] += 1
                    stream.close()
                    stream = Stream(ports[(number + turns[number]) % 3], session, last=last)
                    equal(stream.status, 200, "resumed")
            progress = [message["params"]["progress"] for message in got if "params" in message]
            equal(len(progress), 10, "steps")
            equal(progress, sorted(set(progress)), "in order, and once")
            equal(got[-1]["id"], number, "the answer")
        at_once(calls, work)
        print(f"     {calls} streams, whose connections were lost {sum(turns)} times", flush=True)
        expect(sum(turns) >= wanted, "resumed often")


def i5_ids_of_events_grow(mcpctl):
    with Cluster(mcpctl, 2) as cluster:
        session = open_session(cluster.nodes[0].port)
        found = []
        for number in range(3):
            stream = Stream(cluster.nodes[number % 2].port, session, body=with_progress(0.3, number))
            while stream.message():
                pass
            found.append([tuple(int(part) for part in identifier.split(".")[1].split("-")) for identifier in stream.ids])
        everything = [identifier for ids in found for identifier in ids]
        equal(everything, sorted(everything), "order")
        equal(len(set(everything)), len(everything), "twice")


def i4_a_replay_stays_with_its_session(mcpctl):
    with Cluster(mcpctl, 2) as cluster:
        one, other = (node.port for node in cluster.nodes)
        mine, theirs = open_session(one), open_session(other)
        stream = Stream(one, theirs, body=with_progress(0.3, 1))
        while stream.message():
            pass
        tag, place = stream.last.split(".")
        for last in [f"{tag}.0", stream.ids[0], f"{tag}.{place}", "g.0-0", f"g.{place}", "x", "r1.1", "g.1-1-1", "g.-", "g.99999999999999999999-0",
                     "." * 10, "g." + "9" * 100, f"{tag}.-1"]:
            status, text = None, ""
            replay = Stream(other, mine, last=last)
            status = replay.status
            expect(status in (200, 400), f"{last}: {status}")
            time.sleep(0.05)
            while not replay.events.empty():
                event = replay.events.get()
                text += event.data or "" if event else ""
            expect("asleep" not in text and "slept" not in text, f"{last} leads to another session")
            replay.close()


def i6_the_newest_listener_is_the_only_one(mcpctl):
    with tempfile.TemporaryDirectory() as folder, Cluster(mcpctl, 2) as cluster:
        config = f"{folder}/c.yaml"
        open(config, "w").write("tools.deny: []\n")
        teller = Node(mcpctl, cluster.redis, "teller", "--config", config)
        cluster.nodes.append(teller)
        one, other = (node.port for node in cluster.nodes[:2])
        session = open_session(one)
        first = Stream(one, session)
        second = Stream(other, session)
        expect(first.ended.wait(5), "the first one is ended")
        third = Stream(one, session)
        expect(second.ended.wait(5), "the second one is ended")
        open(config, "w").write("tools.deny: [echo]\n")
        teller.process.send_signal(signal.SIGHUP)
        equal(third.message()["method"], CHANGED, "the newest one hears")
        for stream in (first, second):
            left = []
            while not stream.events.empty():
                left.append(stream.events.get())
            equal([event.data for event in left if event and event.data], [], "the others do not")
        time.sleep(0.2)
        expect(third.events.empty(), "once")


def i23_a_change_of_the_tools_reaches_everybody(mcpctl):
    with tempfile.TemporaryDirectory() as folder, Cluster(mcpctl, 2) as cluster:
        config = f"{folder}/c.yaml"
        open(config, "w").write("tools.deny: []\n")
        teller = Node(mcpctl, cluster.redis, "teller", "--config", config)
        cluster.nodes.append(teller)
        one, other = (node.port for node in cluster.nodes[:2])
        session = open_session(teller.port)
        general = Stream(one, session)
        events = Stream(other, path="/sse")
        place = events.events.get(timeout=10).data.split("/messages")[1]
        for body in ({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
                "protocolVersion": "2024-11-05", "capabilities": {}, "clientInfo": {"name": "c", "version": "1"}}},
                {"jsonrpc": "2.0", "method": "notifications/initialized"}):
            equal(post(one, body, path=f"/messages{place}").status, 202, "posted to another node")
        equal(events.message()["id"], 0, "the answer to initialize")
        listen = Stream(other, body={"jsonrpc": "2.0", "id": 5, "method": "subscriptions/listen", "params": {
            "_meta": MODERN_META, "notifications": {"toolsListChanged": True}}},
            headers={"MCP-Protocol-Version": "2026-07-28", "Mcp-Method": "subscriptions/listen"})
        equal(listen.message()["method"], "notifications/subscriptions/acknowledged", "acknowledged")
        times = []
        for turn in range(4 if FAST else 40):
            open(config, "w").write(f"tools.deny: [{'echo' if turn % 2 == 0 else ''}]\n")
            time.sleep(0.05)
            teller.process.send_signal(signal.SIGHUP)
            began = time.monotonic()
            for stream in (general, events, listen):
                equal(stream.message(5)["method"], CHANGED, "told")
            times.append(time.monotonic() - began)
            expect(times[-1] < 1, "within a second")
        print(f"     a change reached three streams on two other nodes in {sorted(times)[len(times) // 2] * 1000:.1f} ms (median, "
              f"reading the file included), {max(times) * 1000:.1f} ms at most", flush=True)
        time.sleep(0.2)
        expect(all(stream.events.empty() for stream in (general, events, listen)), "nobody is told twice")


MODERN_META = {"io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {}}


def i7_messages_of_the_older_transport_may_come_to_any_node(mcpctl):
    with Cluster(mcpctl) as cluster:
        ports = [node.port for node in cluster.nodes]
        events = Stream(ports[0], path="/sse")
        place = "/messages" + events.events.get(timeout=10).data.split("/messages")[1]
        for number in range(9):
            equal(post(ports[number % 3], call("echo", number, message="x"), path=place).status, 202, "posted")
            message = events.message()
            equal((message["id"], message["result"]["structuredContent"]["node"]), (number, "n1"), "answered where the stream is")
        unknown = place[:-3] + "AAA"
        equal(post(ports[1], call("echo", message="x"), path=unknown).status, 404, "no such stream")
        events.close()
        until("the stream is gone everywhere",
              lambda: post(ports[1], call("echo", message="x"), path=place).status == 404, 5)


def i8_a_call_is_cancelled_from_any_node(mcpctl):
    with Cluster(mcpctl) as cluster:
        ports = [node.port for node in cluster.nodes]
        session = open_session(ports[0])
        stream = Stream(ports[0], session, body=with_progress(30, 3))
        equal(stream.message()["method"], "notifications/progress", "it has begun")
        post(ports[1], {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 3}}, session)
        expect(stream.ended.wait(5), "it has ended")
        while (message := stream.message()) is not None:
            expect("id" not in message, "there is no answer")
        until("nothing is remembered of it", lambda: not cluster.redis.keys("mcp:req:*"), 5)


# --- life and death


def i9_no_request_hangs_when_its_node_dies(mcpctl):
    with Cluster(mcpctl, 3, *QUICK_LEASE) as cluster:
        ports = [node.port for node in cluster.nodes]
        session = open_session(ports[0], "2025-11-25")
        # A stream begins with the first message on it.
        streams = [None] * 50

        def begin(number):
            streams[number] = Stream(ports[0], session, body=with_progress(30, number, f"t{number}"))
        at_once(50, begin)
        for stream in streams:
            while (stream.message() or {}).get("method") != "notifications/progress":
                pass
        # A thousand calls that are short, a third of them at the node that dies, go on meanwhile.
        numbers, outcomes, slowest, lock = iter(range(1000)), {}, [0.0], threading.Lock()
        is_killed = threading.Event()

        def work(place):
            while True:
                with lock:
                    number = next(numbers, None)
                if number is None:
                    return
                if number == 300:
                    cluster.nodes[0].kill()
                    is_killed.set()
                began = time.monotonic()
                try:
                    status = post(ports[number % 3], call("echo", number, message="x"), session, timeout=20).status
                except OSError:
                    status = "no connection"
                with lock:
                    outcomes[status] = outcomes.get(status, 0) + 1
                    slowest[0] = max(slowest[0], time.monotonic() - began)
        calls = threading.Thread(target=at_once, args=(6, work))
        calls.start()
        expect(is_killed.wait(WAIT), "the node is killed")
        died = time.monotonic()
        resumed = [Stream(ports[1 + number % 2], session, last=stream.last) for number, stream in enumerate(streams)]
        for number, stream in enumerate(resumed):
            equal(stream.status, 200, "resumed")
            while (message := stream.message(10)) is not None and "error" not in message:
                pass
            expect(message, f"stream {number} ended without an error, after {streams[number].last}")
            equal(message["id"], number, "id")
            equal(message["error"]["code"], -32000, "code")
            equal(message["error"]["data"], {"reason": "node_lost", "outcome": "unknown"}, "data")
        took = time.monotonic() - died
        print(f"     50 streams told {took:.1f} s after the node died, with a lease of 3 s", flush=True)
        expect(took < 3 + 2, "within lease + 2 s")
        calls.join()
        print(f"     1000 calls: {outcomes}, the slowest took {slowest[0] * 1000:.0f} ms", flush=True)
        expect(set(outcomes) <= {200, "no connection"} and sum(outcomes.values()) == 1000, "every call has an outcome")
        expect(outcomes[200] >= 700 and slowest[0] < 3 + 2, "within lease + 2 s")
        equal(post(ports[1], call("echo", message="x"), session).status, 200, "the session lives on")


def i10_what_was_given_up_has_no_second_answer(mcpctl):
    with Cluster(mcpctl, 2, *QUICK_LEASE) as cluster:
        one, other = (node.port for node in cluster.nodes)
        session = open_session(one, "2025-11-25")
        stream = Stream(one, session, body=with_progress(2, 1))
        while (stream.message() or {}).get("method") != "notifications/progress":
            pass
        cluster.nodes[0].process.send_signal(signal.SIGSTOP)
        resumed = Stream(other, session, last=stream.last)
        while "error" not in (message := resumed.message(10)):
            pass
        equal(message["error"]["data"]["reason"], "node_lost", "given up")
        cluster.nodes[0].process.send_signal(signal.SIGCONT)
        until("the node is back", lambda: cluster.redis.keys("mcp:instance:n1"), 10)
        time.sleep(2.5)
        late = []
        while not stream.events.empty():
            event = stream.events.get()
            late += [event.data] if event and event.data else []
        expect(not any('"result"' in text for text in late), f"a second answer: {late}")
        again = Stream(other, session, last=stream.ids[0])
        finals = []
        while (message := again.message(5)) is not None:
            finals += [message] if message.get("id") == 1 else []
        equal(len(finals), 1, "final messages in the log")


def i10_a_server_that_slept_acts_on_no_session_before_it_is_heard_of(mcpctl):
    with Cluster(mcpctl, 2) as cluster:
        one, other = (node.port for node in cluster.nodes)
        session, ended = open_session(one), open_session(one)
        for identifier in (session, ended):
            equal(post(one, call("echo", message="x"), identifier).status, 200, "before")
        cluster.nodes[0].pause()
        equal(get(other, "/mcp", {"Mcp-Session-Id": ended}, "DELETE")[0], 204, "DELETE at the other one")
        time.sleep(20)
        until("it is taken for dead", lambda: not cluster.redis.keys("mcp:node:n1:in"), 10)
        # Redis stands still, so that it wakes before it can say that it lives.
        cluster.redis.process.send_signal(signal.SIGSTOP)
        cluster.nodes[0].go_on()
        for identifier in (session, ended):
            refused = post(one, call("echo", message="x"), identifier)
            equal((refused.status, refused.headers["Retry-After"], refused.json["error"]["data"]),
                  (503, "1", {"reason": "node_fenced"}), "a request of a session")
        status, text = get(one, "/ready")
        expect(status == 503 and "lease" in json.loads(text)["degraded"], f"/ready: {status} {text}")
        equal(post(one, call("echo", message="x"), session[:-3] + "AAA").status, 404, "forged")
        equal(modern(one, "echo", message="x").status, 200, "modern")
        equal(get(one, "/health")[0], 200, "/health")
        cluster.redis.process.send_signal(signal.SIGCONT)
        began = time.monotonic()
        until("it serves the session", lambda: post(one, call("echo", message="x"), session).status == 200, 10)
        until("it is ready", lambda: get(one, "/ready")[0] == 200, 10)
        print(f"     well {time.monotonic() - began:.1f} s after Redis answered again", flush=True)
        equal(post(one, call("echo", message="x"), ended).status, 404, "what was ended meanwhile is not brought back")
        equal(post(other, call("echo", message="x"), ended).status, 404, "nowhere")


def i10_a_server_whose_name_another_has_acts_on_no_session(mcpctl):
    with Cluster(mcpctl, 2, *QUICK_LEASE) as cluster:
        one = cluster.nodes[0]
        session = open_session(one.port)
        equal(post(one.port, call("echo", message="x"), session).status, 200, "before")
        one.pause()
        until("its name is free", lambda: not cluster.redis.keys("mcp:instance:n1"), 10)
        second = Node(mcpctl, cluster.redis, "n1", *QUICK_LEASE)
        cluster.nodes.append(second)
        equal(post(second.port, call("echo", message="x"), session).status, 200, "the other one of that name")
        one.go_on()
        until("it knows", lambda: any("has taken the name" in line for line in one.log), 10)
        for _ in range(5):
            refused = post(one.port, call("echo", message="x"), session)
            equal((refused.status, refused.json["error"]["data"]), (503, {"reason": "node_fenced"}), "a request of a session")
        equal(get(one.port, "/ready")[0], 503, "/ready")
        equal(post(second.port, call("echo", message="x"), session).status, 200, "the other one goes on")
        second.stop()
        until("the name is its own again", lambda: post(one.port, call("echo", message="x"), session).status == 200, 10)


def i16_nodes_are_restarted_one_after_the_other_without_a_failure(mcpctl):
    with Cluster(mcpctl, 3) as cluster:
        nginx = Nginx(mcpctl, cluster.nodes)
        try:
            sessions = [open_session(nginx.port) for _ in range(12)]
            stop, failures, done = threading.Event(), [], [0]

            def work(session):
                while not stop.is_set():
                    began = time.monotonic()
                    try:
                        answer = post(nginx.port, call("echo", message="x"), session)
                        if answer.status != 200:
                            failures.append(f"{answer.status} {answer.text[:100]}")
                    except OSError as error:
                        failures.append(str(error))
                    done[0] += 1
                    time.sleep(max(0, 12 / 500 - (time.monotonic() - began)))
            threads = [threading.Thread(target=work, args=(session,)) for session in sessions]
            [thread.start() for thread in threads]
            began = time.monotonic()
            for node in cluster.nodes:
                time.sleep(0.5 if FAST else 2)
                equal(node.stop(), 0, "exit code")
                node.start()
            time.sleep(0.5)
            stop.set()
            [thread.join() for thread in threads]
            print(f"     {done[0]} requests, {done[0] / (time.monotonic() - began):.0f}/s, {len(failures)} failed", flush=True)
            expect(len(failures) <= done[0] / 1000, f"{failures[:3]}")
        finally:
            nginx.close()


# --- Redis in trouble


def i2_while_redis_is_away_the_right_thing_is_said(mcpctl):
    with Cluster(mcpctl, 2, "--set", "cluster.heartbeat=500ms", "--set", "cluster.lease=9s",
                 "--set", "cluster.degraded_grace=8s") as cluster:
        one, other = (node.port for node in cluster.nodes)
        here, elsewhere = open_session(one, "2025-11-25"), open_session(other)
        stream = Stream(one, here)
        equal(stream.status, 200, "a stream")
        equal(post(one, call("echo", message="x"), here).status, 200, "before")
        cluster.redis.kill()
        until("it is noticed", lambda: json.loads(get(one, "/ready")[1]).get("degraded") == ["redis"], 10)
        equal(get(one, "/ready")[0], 200, "/ready")
        equal(get(one, "/health")[0], 200, "/health")
        equal(modern(one, "echo", message="x").status, 200, "modern")
        equal(post(one, call("echo", message="x"), here).status, 200, "used here shortly before")
        lost = post(one, call("echo", message="x"), elsewhere)
        equal((lost.status, lost.headers["Retry-After"]), (503, "1"), "authentic, and not known here")
        equal(post(one, call("echo", message="x"), here[:-3] + "AAA").status, 404, "forged")
        equal(Stream(one, here).status, 503, "a new stream")
        try:
            open_session(one)
            expect(False, "initialize")
        except AssertionError as error:
            expect("503" in str(error), f"initialize: {error}")
        expect(not stream.ended.is_set(), "the stream is kept")
        # With a progress token: the answer is a stream, without ids.
        events = Stream(one, here, body=with_progress(0.2, 4))
        while (message := events.message()) and "result" not in message:
            pass
        expect(message and not [i for i in events.ids if not i.endswith(".0")], "events come without ids")
        expect(stream.ended.wait(20), "the stream ends when that lasts")
        equal(post(one, call("echo", message="x"), here).status, 503, "when that lasts")
        equal(modern(one, "echo", message="x").status, 200, "modern, when that lasts")
        # It comes back, and has forgotten everything: what is in use is there again.
        cluster.redis.start()
        began = time.monotonic()
        until("the session is served again", lambda: post(one, call("echo", message="x"), here).status == 200, 5)
        until("by the other one, too", lambda: post(other, call("echo", message="x"), here).status == 200, 5)
        until("and the other session", lambda: post(one, call("echo", message="x"), elsewhere).status == 200, 5)
        open_session(other)
        until("nothing is degraded", lambda: "degraded" not in get(one, "/ready")[1], 5)
        print(f"     all well {time.monotonic() - began:.1f} s after an empty Redis was there", flush=True)
        for node in cluster.nodes:
            expect(node.process.poll() is None, f"{node.name} lives")


def i17_a_redis_that_stands_still_harms_no_modern_request(mcpctl):
    with Cluster(mcpctl, 2) as cluster:
        ports = [node.port for node in cluster.nodes]
        session = open_session(ports[0])
        cluster.redis.ask("CLIENT", "PAUSE", "3000", "ALL")
        end, count = time.monotonic() + 3, 0
        while time.monotonic() < end:
            equal(modern(ports[count % 2], "echo", message="x").status, 200, "modern")
            count += 1
        until("sessions are well again", lambda: post(ports[1], call("echo", message="x"), session).status == 200, 5)
        cluster.redis.ask("FLUSHALL")
        until("what is in use is there again", lambda: post(ports[1], call("echo", message="x"), session).status == 200, 10)
        print(f"     {count} modern requests, none failed", flush=True)


def i17_another_redis_takes_over(mcpctl):
    with Cluster(mcpctl, 2, redis=Watched()) as cluster:
        ports = [node.port for node in cluster.nodes]
        sessions = [open_session(ports[number % 2]) for number in range(10)]
        until("the replica knows them", lambda: len(cluster.redis.replica.keys("mcp:sessions:*")) == 10)
        stop, counts, lock = threading.Event(), {}, threading.Lock()

        def count(what, status):
            with lock:
                counts[what, status] = counts.get((what, status), 0) + 1

        def work():
            while not stop.is_set():
                port = random.choice(ports)
                count("modern", modern(port, "echo", message="x").status)
                count("legacy", post(port, call("echo", message="x"), random.choice(sessions)).status)
        threads = [threading.Thread(target=work) for _ in range(3)]
        [thread.start() for thread in threads]
        time.sleep(0.5)
        cluster.redis.master.kill()
        until("the replica is the master", lambda: cluster.redis.replica.ask("ROLE").startswith("master"), 30)
        began = time.monotonic()
        until("a session can be opened", lambda: opens_a_session(ports[0]) and opens_a_session(ports[1]), 15)
        took = time.monotonic() - began
        time.sleep(0.5)
        stop.set()
        [thread.join() for thread in threads]
        shown = ", ".join(f"{what} {status}: {number}" for (what, status), number in sorted(counts.items()))
        print(f"     {shown}; sessions can be opened {took:.1f} s after there was a master", flush=True)
        expect({status for what, status in counts if what == "modern"} == {200}, "no modern request is harmed")
        expect({status for what, status in counts if what == "legacy"} <= {200, 503}, "no session is taken for gone")
        for session in sessions:
            for port in ports:
                equal(post(port, call("echo", message="x"), session).status, 200, "all sessions are there")
        for node in cluster.nodes:
            expect(node.process.poll() is None, f"{node.name} lives")


def i17_redis_may_be_a_cluster(mcpctl):
    with Cluster(mcpctl, 2, *QUICK_LEASE, redis=Sharded()) as cluster:
        one, other = (node.port for node in cluster.nodes)
        session = open_session(one, "2025-11-25", ready_at=other)
        for port in (one, other):
            equal(post(port, call("echo", message="x"), session).status, 200, "a session")
        spread = [len(master.keys("mcp:*")) for master in cluster.redis.masters]
        expect(sum(count > 0 for count in spread) > 1, f"keys are on several masters: {spread}")
        # A stream that goes on elsewhere.
        stream = Stream(one, session, body=with_progress(2, 7))
        stream.message()
        stream.close()
        got = []
        resumed = Stream(other, session, last=stream.last)
        while not (got and "result" in got[-1]):
            got.append(resumed.message())
        equal(got[-1]["id"], 7, "the answer")
        # A message for a stream at another server, and a call that is cancelled there.
        events = Stream(one, path="/sse")
        place = "/messages" + events.events.get(timeout=10).data.split("/messages")[1]
        equal(post(other, call("echo", 8, message="x"), path=place).status, 202, "posted")
        equal(events.message()["id"], 8, "answered")
        stream = Stream(one, session, body=with_progress(30, 9))
        stream.message()
        post(other, {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 9}}, session)
        expect(stream.ended.wait(5), "it is cancelled")
        # A server that dies.
        stream = Stream(one, session, body=with_progress(30, 10))
        stream.message()
        cluster.nodes[0].kill()
        resumed = Stream(other, session, last=stream.last)
        while "error" not in (message := resumed.message(10)):
            pass
        equal(message["error"]["data"]["reason"], "node_lost", "told")
        equal(get(other, "/mcp", {"Mcp-Session-Id": session}, "DELETE")[0], 204, "DELETE")
        equal(post(other, call("echo", message="x"), session).status, 404, "gone")
        cluster.nodes[0].start()
        open_session(one)


def opens_a_session(port):
    try:
        return open_session(port)
    except AssertionError:
        return None


def i22_a_clock_that_is_wrong_changes_nothing(mcpctl):
    secret = {"MCP_CLUSTER_SECRET": "0123456789abcdef0123"}
    with tempfile.TemporaryDirectory() as folder, Cluster(mcpctl, 0, *QUICK_LEASE) as cluster:
        # clang comes with Swift.
        library = f"{folder}/wrong_clock.so"
        source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "wrong_clock.c")
        subprocess.run(["clang", "-shared", "-fPIC", "-O1", "-o", library, source], check=True)
        for name, shift in (("n1", 0), ("n2", -300), ("n3", 300)):
            wrong = {"LD_PRELOAD": library, "WRONG_BY": str(shift)} if shift else {}
            cluster.nodes.append(Node(mcpctl, cluster.redis, name, *QUICK_LEASE, environment={**secret, **wrong}))
        ports = [node.port for node in cluster.nodes]
        now = time.time()
        for node, shift in zip(cluster.nodes, (0, -300, 300)):
            said = int(cluster.redis.ask("HGET", f"mcp:instance:{node.name}", "startedAt")) / 1000
            expect(abs(said - now - shift) < 60, f"the clock of {node.name} is not wrong by {shift} s")
        sessions = [open_session(port, "2025-11-25") for port in ports]
        for session in sessions:
            equal([node_of(post(port, call("echo", message="x"), session)) for port in ports], ["n1", "n2", "n3"], "served")
            expect(1700 < int(cluster.redis.ask("TTL", f"mcp:sessions:{session}")) <= 1800, "30 minutes")
        # A stream that is begun at one and goes on at the others.
        stream = Stream(ports[1], sessions[0], body=with_progress(1, 7))
        got, turn = [], 1
        while not (got and "result" in got[-1]):
            message = stream.message()
            got += [message] if message else []
            if len(got) < 6:
                turn, last = turn + 1, stream.last
                stream.close()
                stream = Stream(ports[turn % 3], sessions[0], last=last)
        equal(len(got), 11, "steps and the answer")
        # Longer than a lease: nobody is taken for dead, or for somebody else.
        time.sleep(4)
        for node in cluster.nodes:
            equal([line for line in node.log if "server is gone" in line or "taken the name" in line], [], f"what {node.name} says")
        equal(cluster.redis.keys("mcp:instance:*"), [f"mcp:instance:n{number}" for number in (1, 2, 3)], "who lives")
        # One that dies is told from those that live, whoever looks.
        streams = [Stream(ports[2], sessions[1], body=with_progress(30, 8))]
        while (streams[0].message() or {}).get("method") != "notifications/progress":
            pass
        cluster.nodes[2].kill()
        resumed = Stream(ports[1], sessions[1], last=streams[0].last)
        while "error" not in (message := resumed.message(10)):
            pass
        equal(message["error"]["data"]["reason"], "node_lost", "told by one whose clock is wrong")
        equal(post(ports[1], call("echo", message="x"), sessions[2]).status, 200, "its session lives on")


def i25_three_nodes_do_more_than_one(mcpctl):
    if shutil.which("wrk") is None:
        raise Skip("there is no wrk: make bench-deps")
    with tempfile.TemporaryDirectory() as folder, Cluster(mcpctl, 3) as cluster:
        before, after = json.dumps(call("sleep", 77, seconds=0.005)).split("77")
        for node in cluster.nodes:
            with open(f"{folder}/{node.name}.lua", "w") as file:
                file.write(f'''wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Accept"] = "application/json, text/event-stream"
wrk.headers["Mcp-Session-Id"] = "{open_session(node.port)}"
local number = 0
request = function()
  number = number + 1
  return wrk.format(nil, nil, nil, [[{before}]] .. number .. [[{after}]])
end
response = function(status, headers, body)
  if not string.find(body, "slept", 1, true) then error(body) end
end
done = function(summary, latency, requests)
  local e = summary.errors
  print("DONE " .. summary.requests .. " " .. summary.duration .. " " .. e.connect + e.read + e.write + e.status + e.timeout)
end
''')

        def rates(nodes):
            # As many callers at each, so few that the processors of this machine are not what is measured.
            runs = [subprocess.Popen(
                ["wrk", "-t1", "-c2", "-d", "3s" if FAST else "8s", "-s", f"{folder}/{node.name}.lua", f"http://127.0.0.1:{node.port}/mcp"],
                stdout=subprocess.PIPE, text=True) for node in nodes]
            told = [run.communicate(timeout=60)[0] for run in runs]
            found = [[float(word) for word in line.split()[1:]] for text in told for line in text.splitlines() if line.startswith("DONE")]
            equal(sum(errors for _, _, errors in found), 0, "errors")
            return sum(count / microseconds * 1e6 for count, microseconds, _ in found)
        rates(cluster.nodes[:1])
        one, three = rates(cluster.nodes[:1]), rates(cluster.nodes)
        print(f"     a tool of 5 ms, 2 callers a node: one node {one:.0f} calls/s, three {three:.0f}, {three / one:.2f} times", flush=True)
        expect(three >= 2 * one if FAST else three >= 2.5 * one, f"{one:.0f} and {three:.0f} calls/s")


def i21_keys_are_changed_without_losing_a_session(mcpctl):
    old, new = "0123456789abcdef0123", "fedcba98765432100123"

    def ring(*secrets):
        return {"MCP_CLUSTER_SECRET": ",".join(secrets)}
    with Cluster(mcpctl, 0) as cluster:
        nodes = [Node(mcpctl, cluster.redis, f"n{number}", environment=ring(old)) for number in (1, 2)]
        cluster.nodes += nodes
        sessions = [open_session(nodes[0].port)]
        for phase in ((old, new), (new, old)):
            for node in nodes:
                node.stop()
                node.environment = ring(*phase)
                node.start()
                for session in sessions:
                    equal(post(node.port, call("echo", message="x"), session).status, 200, f"{phase}")
                sessions.append(open_session(node.port))
        for session in sessions:
            for node in nodes:
                equal(post(node.port, call("echo", message="x"), session).status, 200, "all of them")


def i20_servers_that_differ_are_told_apart(mcpctl):
    with Cluster(mcpctl, 0) as cluster:
        def doctor():
            store = {"PATH": os.environ["PATH"], "REDIS_ADDRESS": f"127.0.0.1:{cluster.redis.port}"}
            return subprocess.run([mcpctl, "cluster", "doctor"], env=store, capture_output=True, text=True, timeout=WAIT)
        secret = {"MCP_CLUSTER_SECRET": "0123456789abcdef0123"}
        cluster.nodes += [Node(mcpctl, cluster.redis, name, environment=secret) for name in ("n1", "n2")]
        same = doctor()
        equal(same.returncode, 0, f"the same: {same.stdout}")
        other = {"MCP_CLUSTER_SECRET": "fedcba98765432100123"}
        cluster.nodes.append(Node(mcpctl, cluster.redis, "n3", "--set", "performance.page_size=7", environment=other))
        different = doctor()
        expect(different.returncode != 0, f"not the same: {different.stdout}")
        for word in ("config", "keys", "n3"):
            expect(word in different.stdout, f"{word}: {different.stdout}")


FACTS = [fact for name, fact in list(globals().items()) if name[0] == "i" and name[1].isdigit()]
SLOW = {"i9_no_request_hangs_when_its_node_dies", "i10_what_was_given_up_has_no_second_answer",
        "i16_nodes_are_restarted_one_after_the_other_without_a_failure",
        "i2_while_redis_is_away_the_right_thing_is_said", "i17_a_redis_that_stands_still_harms_no_modern_request",
        "i21_keys_are_changed_without_losing_a_session", "i13_all_keys_of_sessions_end_by_themselves",
        "i10_a_server_that_slept_acts_on_no_session_before_it_is_heard_of",
        "i10_a_server_whose_name_another_has_acts_on_no_session", "i17_another_redis_takes_over",
        "i17_redis_may_be_a_cluster", "i22_a_clock_that_is_wrong_changes_nothing", "i25_three_nodes_do_more_than_one",
        "i14_a_session_that_is_idle_takes_little_memory"}

if __name__ == "__main__":
    report = Report("cluster")
    for fact in FACTS:
        if not FAST or fact.__name__ not in SLOW:
            report.run("invariants", fact, os.path.abspath(sys.argv[1]))
    sys.exit(report.finish())
