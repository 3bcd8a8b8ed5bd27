# SPDX-License-Identifier: Apache-2.0
"""What /metrics shows: metrics.py MCPCTL"""

import subprocess
import sys

from harness import Report, equal, expect
from watched import get, open_session, post, samples, serving, until

BUCKET = 'mcp_tool_execution_duration_seconds_bucket{tool_name="calculator",status="success",le="1"}'


def promtool_finds_nothing_to_say(mcpctl):
    with serving(mcpctl, "--threads", "2") as server:
        open_session(server.port)
        server.call("calculator", "a=1", "b=2")
        server.call("calculator", "operation=divide", "a=1", "b=0")
        run = subprocess.run(
            ["promtool", "check", "metrics"], input=server.metrics(), capture_output=True, text=True, timeout=30)
        equal((run.returncode, run.stdout, run.stderr), (0, "", ""), "what promtool says")


def the_three_promised_names_count_calls_and_sessions(mcpctl):
    with serving(mcpctl) as server:
        equal(samples(server.metrics())["mcp_active_sessions"], 0, "sessions before")
        open_session(server.port)
        for _ in range(3):
            equal(server.call("calculator", "a=1", "b=2").stdout, "3\n", "answer")
        equal(server.call("calculator", "operation=divide", "a=1", "b=0").returncode, 3, "exit code")
        found = samples(server.metrics())
        equal(found["mcp_active_sessions"], 1, "sessions")
        equal(found['mcp_tool_execution_total{tool_name="calculator",status="success"}'], 3, "successes")
        equal(found['mcp_tool_execution_total{tool_name="calculator",status="error"}'], 1, "errors")
        equal(found[BUCKET], 3, "executions of up to a second")
        equal(found['mcp_tool_execution_total{tool_name="echo",status="error"}'], 0, "a counter before its first event")


def what_is_promised_besides_is_there(mcpctl):
    with serving(mcpctl) as server:
        server.call("calculator", "a=1", "b=2")
        text = server.metrics()
        for name in [
            "mcp_streams", "mcp_announcements_waiting", "mcp_handler_queue", "mcp_handler_threads", "mcp_limit",
            "mcp_http_requests_total", "mcp_http_responses_total", "mcp_http_connections", "mcp_http_connections_limit",
            "mcp_http_rejected_total", "mcp_reloads_total", "mcp_last_reload_successful", "mcp_event_loop_lag_seconds",
            "mcp_event_loop_stalled_seconds", "mcp_tasks_running", "mcp_server_operation_duration_seconds",
            "process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds", "process_start_time_seconds",
            "mcpctl_build_info", "mcp_ready",
        ]:
            expect(f"# TYPE {name} " in text, f"{name} is missing")


def names_peers_make_up_make_no_series(mcpctl):
    with serving(mcpctl) as server:
        session = open_session(server.port)
        before = len(samples(server.metrics()))
        for number in range(50):
            for method, params in [("tools/call", {"name": f"made-up-{number}"}), (f"made/up-{number}", {})]:
                post(server.port, {"jsonrpc": "2.0", "id": number + 2, "method": method, "params": params},
                     {"Mcp-Session-Id": session})
        text = server.metrics()
        expect("made-up" not in text and "made/up" not in text, "a name a peer made up is a label")
        found = samples(text)
        equal(found['mcp_server_operation_duration_seconds_count{mcp_method_name="_OTHER",error_type="-32601"}'], 50,
              "unknown methods")
        expect(len(found) < before + 100, f"{len(found) - before} series more")


def a_public_address_shows_metrics_at_one_of_their_own_only(mcpctl):
    with serving(mcpctl, "--host", "0.0.0.0") as server:
        equal(get(server.port, "/metrics")[0], 404, "/metrics of a public address")
        equal(get(server.port, "/health"), (200, '{"status":"ok"}'), "/health")
    with serving(mcpctl, "--host", "0.0.0.0", "--metrics-addr", "127.0.0.1:0") as server:
        until(lambda: "metrics at " in server.log(), "the address of the metrics")
        port = server.log().split("metrics at http://127.0.0.1:")[1].split("/")[0]
        expect("mcp_active_sessions" in server.metrics(int(port)), "no sessions")
        equal(get(port, "/actuator/health"), (200, '{"status":"UP"}'), "/actuator/health")
        equal(get(port, "/mcp")[0], 404, "the endpoint at the address of the metrics")
        equal(get(server.port, "/metrics")[0], 404, "/metrics of a public address")


def a_page_of_the_web_reads_no_metrics(mcpctl):
    with serving(mcpctl) as server:
        equal(get(server.port, "/metrics", {"Host": "evil.example"})[0], 403, "a rebound name")


def main():
    report = Report("metrics")
    for fact in [
        promtool_finds_nothing_to_say, the_three_promised_names_count_calls_and_sessions,
        what_is_promised_besides_is_there, names_peers_make_up_make_no_series,
        a_public_address_shows_metrics_at_one_of_their_own_only, a_page_of_the_web_reads_no_metrics,
    ]:
        report.run("prometheus", fact, sys.argv[1])
    sys.exit(report.finish())


main()
