# SPDX-License-Identifier: Apache-2.0
"""Logs, readiness, systemd and reports: service.py MCPCTL"""

import json
import os
import re
import signal
import socket
import sys
import tempfile
import threading

from harness import Report, equal, expect, free_port
from watched import get, open_session, post, serving, until

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class ServiceManager:
    """A socket like the one systemd listens on."""

    def __init__(self, address):
        self.address = address
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("\0" + address[1:] if address.startswith("@") else address)
        self.socket.settimeout(20)
        self.told = []

    def hear(self, text):
        """Waits until a message holds `text`."""
        while not any(text in message for message in self.told):
            self.told.append(self.socket.recv(4096).decode())


def call(name, number=9, **arguments):
    return {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": {"name": name, "arguments": arguments}}


def systemd_hears_ready_alive_and_stopping(mcpctl):
    with tempfile.TemporaryDirectory() as folder:
        for address in [f"{folder}/notify", f"@mcpctl-test-{os.getpid()}"]:
            manager = ServiceManager(address)
            with serving(mcpctl, environment={"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "400000"}) as server:
                manager.hear("READY=1")
                expect(f"serving at 127.0.0.1:{server.port}" in manager.told[0], f"the status: {manager.told}")
                for _ in range(2):
                    manager.told.clear()
                    manager.hear("WATCHDOG=1")
                os.kill(server.process.pid, signal.SIGTERM)
                manager.hear("STOPPING=1")
                equal(server.process.wait(20), 0, "exit code")


def systemd_and_metrics_hear_of_reloads(mcpctl):
    with tempfile.TemporaryDirectory() as folder:
        manager = ServiceManager(f"{folder}/notify")
        file = f"{folder}/c.yaml"
        with open(file, "w") as config:
            config.write("tools.deny: [echo]\n")
        with serving(mcpctl, "--config", file, environment={"NOTIFY_SOCKET": manager.address}) as server:
            manager.hear("READY=1")
            for text, status, good in [("tools.deny: [sleep]\n", "success", 1), ("tools.deny: {\n", "error", 0)]:
                with open(file, "w") as config:
                    config.write(text)
                manager.told.clear()
                os.kill(server.process.pid, signal.SIGHUP)
                manager.hear("RELOADING=1")
                manager.hear("READY=1")
                expect("MONOTONIC_USEC=" in manager.told[0], f"notify-reload: {manager.told}")
                until(lambda: f'mcp_reloads_total{{status="{status}"}} 1\n' in get(server.port, "/metrics")[1], status)
                expect(f"\nmcp_last_reload_successful {good}\n" in get(server.port, "/metrics")[1], f"{good}")


def nobody_is_told_that_it_lives_without_a_watchdog(mcpctl):
    with tempfile.TemporaryDirectory() as folder:
        manager = ServiceManager(f"{folder}/notify")
        with serving(mcpctl, environment={"NOTIFY_SOCKET": manager.address}):
            manager.hear("READY=1")
        manager.hear("STOPPING=1")
        expect(not any("WATCHDOG" in message for message in manager.told), f"{manager.told}")


def who_drains_is_not_ready(mcpctl):
    port = free_port()
    with serving(mcpctl, "--metrics-addr", str(port), "--shutdown-timeout", "20s") as server:
        equal(get(server.port, "/ready"), (200, '{"status":"ready"}'), "before")
        session = {"Mcp-Session-Id": open_session(server.port)}
        slow = threading.Thread(target=post, args=(server.port, call("sleep", seconds=3), session))
        slow.start()
        until(lambda: "mcp_handler_threads 1" in get(port, "/metrics")[1], "the call")
        os.kill(server.process.pid, signal.SIGTERM)
        until(lambda: get(port, "/ready") == (503, '{"status":"draining"}'), "503")
        equal(get(port, "/health")[0], 200, "health while draining")
        expect("\nmcp_ready 0\n" in get(port, "/metrics")[1], "mcp_ready")
        slow.join()
        equal(server.process.wait(20), 0, "exit code")


def lines_name_their_request_session_and_trace(mcpctl):
    with serving(mcpctl, "--log-level", "debug", "--log-format", "json") as server:
        session = open_session(server.port)
        post(server.port, call("sleep", 77, seconds=0.01), {"Mcp-Session-Id": session, "traceparent": PARENT})
        until(lambda: '"request":"77"' in server.log(), "a line of the handler")
        line = next(json.loads(line) for line in server.log().splitlines() if '"request":"77"' in line)
        equal((line["session"], line["trace"]), (session[:8], PARENT[3:35]), "session and trace")
        expect(session not in server.log(), "the whole session's id is in the log")


def the_hops_of_a_request_are_seen_at_debug(mcpctl):
    with serving(mcpctl, "--debug") as server:
        session = open_session(server.port)
        post(server.port, call("calculator", 41, a=1, b=2), {"Mcp-Session-Id": session})
        until(lambda: "request=41" in server.log(), "a line of the call")
        answered = next(line for line in server.log().splitlines() if "request=41" in line)
        expect(f"answered method=tools/call tool=calculator outcome=ok us=" in answered, answered)
        expect(answered.endswith(f"request=41 session={session[:8]}"), answered)
        line = rf"debug request .*method=POST path=/mcp status=200 .*session={session[:8]}"
        until(lambda: re.search(line, server.log()), "the line of HTTP")


def two_servers_log_the_trace_they_share(mcpctl):
    with serving(mcpctl, "--debug") as one, serving(mcpctl, "--debug") as other:
        for server in one, other:
            equal(server.call("calculator", "a=1", "b=2", environment={"TRACEPARENT": PARENT}).stdout, "3\n", "answer")
            until(lambda: "tool=calculator" in server.log(), "a line of the call")
            line = next(line for line in server.log().splitlines() if "tool=calculator" in line)
            expect(line.endswith(f"trace={PARENT[3:35]}"), line)


def the_level_changes_while_it_serves(mcpctl):
    with serving(mcpctl, "--log-level", "warning") as server:
        get(server.port, "/ready")
        os.kill(server.process.pid, signal.SIGUSR1)
        until(lambda: "everything is logged" in server.log(), "the line that says so")
        get(server.port, "/ready?again")
        until(lambda: "path=/ready" in server.log(), "a line for the request")
        os.kill(server.process.pid, signal.SIGUSR1)
        before = len(server.log())
        until(lambda: get(server.port, "/health") and quiet(server), "silence")
        equal(server.log().count("path=/ready "), 1, "lines before the first signal")
        expect(before > 0, "nothing was written")


def quiet(server):
    """Whether a request leaves no line any more."""
    before = len(server.log())
    get(server.port, "/health")
    return len(server.log()) == before


def debug_is_a_word_for_the_level(mcpctl):
    with serving(mcpctl, "--debug") as server:
        until(lambda: "debug request" in server.log(), "a line for a request")
    with serving(mcpctl, environment={"MCP_LOG_LEVEL": "DEBUG"}) as server:
        until(lambda: "debug request" in server.log(), "a line for a request")


def the_journal_is_told_priorities(mcpctl):
    with tempfile.TemporaryFile() as file:
        status = os.fstat(file.fileno())
        process_environment = {**os.environ, "JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}"}
        import subprocess

        port = free_port()
        process = subprocess.Popen(
            [mcpctl, "serve", "--transport", "http-stream", "--port", str(port), "-q"], stderr=file,
            stdin=subprocess.DEVNULL, env=process_environment)
        until(lambda: (file.seek(0), b"server started" in file.read())[1], "the first line")
        process.terminate()
        process.wait(20)
        file.seek(0)
        for line in file.read().decode().splitlines():
            expect(line.startswith("<6>"), line)
    with serving(mcpctl, "-q", environment={"JOURNAL_STREAM": "8:1"}) as server:
        expect("<6>" not in server.log(), "priorities in what is no journal")


def the_access_log_has_a_line_for_each_request(mcpctl):
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/access.log"
        with serving(mcpctl, "--access-log", path) as server:
            session = open_session(server.port)
            post(server.port, call("calculator", a=1, b=2), {"Mcp-Session-Id": session, "traceparent": PARENT})
            get(server.port, "/nowhere?secret=1")
        lines = [line for line in open(path) if "path=/health" not in line]
        equal(os.stat(path).st_mode & 0o007, 0, "what others may do with it")
        pattern = r"\S+ info request remote=127\.0\.0\.1:\d+ method=\w+ path=\S+ status=\d+ bytes=\d+ us=\d+ session=\S+.*\n"
        for line in lines:
            expect(re.fullmatch(pattern, line), line)
        equal([(re.search(r"path=(\S+) status=(\d+)", line).groups()) for line in lines],
              [("/mcp", "200"), ("/mcp", "202"), ("/mcp", "200"), ("/nowhere", "404")], "requests")
        expect(f"session={session[:8]} trace={PARENT[3:35]}" in lines[2], lines[2])
        expect(session not in "".join(lines) and "secret" not in "".join(lines), "secrets in the access log")


def the_access_log_may_be_json_on_standard_output(mcpctl):
    with serving(mcpctl, "--access-log", "-", "--log-format", "json") as server:
        get(server.port, "/ready")
        server.end()
        lines = [json.loads(line) for line in server.log(server.output).splitlines()]
        equal([line["status"] for line in lines if line["path"] == "/ready"], ["200"], "requests")


def there_is_no_access_log_unasked(mcpctl):
    with serving(mcpctl) as server:
        get(server.port, "/ready")
        server.end()
        expect("path=" not in server.log() + server.log(server.output), "a line for a request")


def a_profile_says_what_took_the_time(mcpctl):
    with serving(mcpctl, "--profile", "--duration", "2s") as server:
        for _ in range(3):
            server.call("calculator", "a=1", "b=2")
        server.call("sleep", "seconds=0.2")
        until(lambda: "latency of tools" in server.log() and server.log().endswith("\n"), "the report")
        text = server.log()
        for found in ["profile of 2", "% of one core", "tool calls 4", "http-0", "signals", "P99"]:
            expect(found in text, f"{found} is not in {text}")
        expect(re.search(r"calculator +3 +0 ", text) and re.search(r"sleep +1 +0 +2\d\d ", text), text)
        equal(get(server.port, "/health")[0], 200, "it goes on serving")
    with serving(mcpctl, "--profile") as server:
        server.call("calculator", "a=1", "b=2")
        server.end()
        expect("profile of " in server.log(), "no report at the end")


def a_memory_profile_says_where_it_went(mcpctl):
    with serving(mcpctl, "--memory-profile") as server:
        server.call("calculator", "a=1", "b=2")
        server.end()
        text = server.log()
        for found in ["memory after", "resident", "at most", "heap", "in use", "anonymous", "virtual"]:
            expect(found in text, f"{found} is not in {text}")
        expect(float(re.search(r"resident +([\d.]+) MiB", text)[1]) > 1, text)


def main():
    report = Report("service")
    for fact in [
        systemd_hears_ready_alive_and_stopping, systemd_and_metrics_hear_of_reloads,
        nobody_is_told_that_it_lives_without_a_watchdog, who_drains_is_not_ready,
    ]:
        report.run("life", fact, sys.argv[1])
    for fact in [
        lines_name_their_request_session_and_trace, the_hops_of_a_request_are_seen_at_debug,
        two_servers_log_the_trace_they_share, the_level_changes_while_it_serves, debug_is_a_word_for_the_level,
        the_journal_is_told_priorities, the_access_log_has_a_line_for_each_request,
        the_access_log_may_be_json_on_standard_output, there_is_no_access_log_unasked,
    ]:
        report.run("logs", fact, sys.argv[1])
    for fact in [a_profile_says_what_took_the_time, a_memory_profile_says_where_it_went]:
        report.run("reports", fact, sys.argv[1])
    sys.exit(report.finish())


main()
