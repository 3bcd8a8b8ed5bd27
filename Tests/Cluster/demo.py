# SPDX-License-Identifier: Apache-2.0
"""Three servers, a Redis and an nginx: a client opens a session at one and calls through all; one is killed during 1000 calls and
two open streams; what happened is told. demo.py MCPCTL"""

import json
import pathlib
import queue
import random
import sys
import tempfile
import threading
import time

from nodes import Cluster, Nginx, Stream, call, open_session, post, until

CALLS = 1000
TASKS = 300


def main(mcpctl):
    with tempfile.TemporaryDirectory() as folder:
        # A tool whose calls may go on as tasks: how each ends is told on the general stream of its session.
        pathlib.Path(f"{folder}/job.json").write_text(json.dumps({
            "description": "Answers with its arguments.", "inputSchema": {"type": "object"},
            "execution": {"taskSupport": "optional"}, "run": {"command": ["/bin/cat"]}}))
        run(mcpctl, "--tools", folder)


def run(mcpctl, *words):
    with Cluster(mcpctl, 3, "--set", "cluster.lease=5s", "--set", "cluster.heartbeat=1s", *words) as cluster:
        nginx = Nginx(mcpctl, cluster.nodes)
        try:
            show(cluster, nginx)
        finally:
            nginx.close()


class Work:
    """Tasks begun at servers that do not have the general stream, each of which is told of once there."""

    def __init__(self, ports, session):
        self.ports, self.session, self.begun, self.refused = ports, session, [], 0
        self.thread = threading.Thread(target=self.run)

    def run(self):
        for number in range(TASKS):
            body = call("job", f"task {number}", place=number)
            body["params"]["task"] = {}
            answer = post(self.ports[number % len(self.ports)], body, self.session)
            if answer.status == 200 and "result" in answer.json:
                self.begun.append(answer.json["result"]["task"]["taskId"])
            else:
                self.refused += 1


def told(stream, seconds):
    """The tasks that a stream says have ended, until it has ended itself or says nothing for so long."""
    found = []
    try:
        while (message := stream.message(seconds)) is not None:
            if message.get("method") == "notifications/tasks/status" and message["params"]["status"] == "completed":
                found.append(message["params"]["taskId"])
    except queue.Empty:
        pass
    return found


def show(cluster, nginx):
    ports = [node.port for node in cluster.nodes]
    print(f"redis on {cluster.redis.port}; n1, n2, n3 on {ports}; nginx on {nginx.port}")
    session = open_session(ports[0], "2025-11-25")
    print(f"a session, opened at n1: {session[:16]}…")
    for port in ports:
        print("  echo answers:", post(port, call("echo", message="hello"), session).json["result"]["structuredContent"])
    body = call("sleep", "long", seconds=20)
    body["params"]["_meta"] = {"progressToken": "t"}
    stream = Stream(ports[0], session, body=body)
    stream.message()
    print("a call of 20 s runs at n1, on a stream")
    general = Stream(ports[0], session)
    tasks = Work(ports[1:], session)
    print(f"the general stream of the session is at n1; {TASKS} tasks begin at n2 and n3, and each says on it that it has ended")
    tasks.thread.start()
    until("some tasks were told of", lambda: general.events.qsize() > TASKS // 4)
    served, refused, lost, slowest = {}, {}, 0, 0.0
    lock = threading.Lock()
    numbers = iter(range(CALLS))

    def work():
        nonlocal lost, slowest
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            if number == CALLS // 3:
                cluster.nodes[0].kill()
                print(f"  kill -9 n1, which has all calls of the session, at call {number}")
            began = time.monotonic()
            try:
                answer = post(nginx.port, call("echo", number, message="x"), session, timeout=20)
                with lock:
                    if answer.status == 200:
                        name = answer.json["result"]["structuredContent"]["node"]
                        served[name] = served.get(name, 0) + 1
                    else:
                        refused[answer.status] = refused.get(answer.status, 0) + 1
            except OSError:
                lost += 1
            slowest = max(slowest, time.monotonic() - began)
    began = time.monotonic()
    threads = [threading.Thread(target=work) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    took = time.monotonic() - began
    failed = ", ".join(f"{count} with {status}" for status, count in refused.items()) or "none"
    print(f"{CALLS} calls through nginx in {took:.1f} s, 8 at a time: answered by {served}; failed: "
          f"{failed}; {lost} without an answer; the slowest took {slowest * 1000:.0f} ms")
    general.ended.wait(10)
    before = told(general, 1)
    place = random.choice((1, 2))
    continued = Stream(ports[place], session, last=general.last)
    tasks.thread.join()
    after = told(continued, 3)
    every = before + after
    print(f"the general stream was taken up again at n{place + 1} after event {general.last}: {len(before)} tasks were told of at n1, "
          f"{len(after)} there; of {len(tasks.begun)} tasks {len(set(tasks.begun) - set(every))} were not told of, "
          f"{len(every) - len(set(every))} twice, {tasks.refused} were refused")
    died = time.monotonic()
    stream.ended.wait(10)
    resumed = Stream(random.choice(ports[1:]), session, last=stream.last)
    while (message := resumed.message()) is not None and "id" not in message:
        pass
    print(f"the stream was taken up again at another node after event {stream.last}, and ended {time.monotonic() - died:.1f} s "
          f"later with: {message['error'] if message else None}")
    cluster.nodes[0].start()
    print("n1 is back; the session at n1:", post(ports[0], call("echo", message="again"), session).json["result"]["structuredContent"])


if __name__ == "__main__":
    main(sys.argv[1])
