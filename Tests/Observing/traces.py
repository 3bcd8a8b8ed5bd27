# SPDX-License-Identifier: Apache-2.0
"""What a trace collector is sent: traces.py MCPCTL

The collector here is one of HTTP alone; what it is sent is held against the messages of opentelemetry-proto.
"""

import contextlib
import http.server
import json
import sys
import threading

from google.protobuf import json_format
from harness import Report, equal, expect, free_port
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from watched import open_session, post, samples, serving, until

CLIENT, SERVER = 3, 2
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class Collector:
    """Takes spans over HTTP, or answers `status`, for as long as the block takes."""

    def __init__(self, status=200):
        self.spans = []
        self.requests = []
        collector = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                collector.requests.append((self.path, dict(self.headers)))
                if status == 200:
                    collector.take(json.loads(body))
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def take(self, request):
        # Unknown members, enumerations and numbers spelled wrong raise; ids are hexadecimal in OTLP's own JSON, which
        # is valid base64 too.
        json_format.ParseDict(request, ExportTraceServiceRequest())
        for resource in request["resourceSpans"]:
            about = attributes(resource["resource"])
            for scope in resource["scopeSpans"]:
                for span in scope["spans"]:
                    expect(len(span["traceId"]) == 32 and len(span["spanId"]) == 16, f"ids of {span}")
                    expect(int(span["startTimeUnixNano"]) <= int(span["endTimeUnixNano"]), f"times of {span}")
                    self.spans.append({**span, "resource": about, "attributes": attributes(span)})

    def of(self, kind, name):
        """The spans of a kind and a name."""
        return [span for span in self.spans if span["kind"] == kind and span["name"] == name]

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def attributes(holder):
    return {item["key"]: next(iter(item["value"].values())) for item in holder["attributes"]}


@contextlib.contextmanager
def traced(mcpctl, *words, status=200, **environment):
    """A collector, and a server that sends its spans there soon."""
    with Collector(status) as collector:
        variables = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_BSP_SCHEDULE_DELAY": "50", **environment}
        with serving(mcpctl, *words, environment=variables) as server:
            yield collector, server


def one_call_is_one_trace_from_the_client_to_the_server(mcpctl):
    with traced(mcpctl) as (collector, server):
        run = server.call("calculator", "a=1", "b=2", environment={
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_SERVICE_NAME": "caller", "TRACEPARENT": PARENT})
        equal((run.returncode, run.stdout), (0, "3\n"), "the call")
        name = "tools/call calculator"
        until(lambda: collector.of(CLIENT, name) and collector.of(SERVER, name), "both spans")
        client, answer = collector.of(CLIENT, name)[0], collector.of(SERVER, name)[0]
        _, trace, parent, _ = PARENT.split("-")
        equal((client["traceId"], client["parentSpanId"]), (trace, parent), "the client's place")
        equal((answer["traceId"], answer["parentSpanId"]), (trace, client["spanId"]), "the server's place")
        equal((client["resource"]["service.name"], answer["resource"]["service.name"]), ("caller", "mcpctl"), "who")
        for span in client, answer:
            equal(span["attributes"]["mcp.method.name"], "tools/call", "method")
            equal(span["attributes"]["gen_ai.tool.name"], "calculator", "tool")
            equal(span["attributes"]["mcp.protocol.version"], "2026-07-28", "revision")
            expect("code" not in span["status"], "a call that went well failed")
        expect(int(client["startTimeUnixNano"]) <= int(answer["startTimeUnixNano"]), "the server was first")
        expect(all(path == "/v1/traces" for path, _ in collector.requests), "where spans were sent")


def in_sessions_too(mcpctl):
    with traced(mcpctl) as (collector, server):
        server.call("echo", "message=hi", "--protocol", "legacy",
                    environment={"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url})
        until(lambda: collector.of(CLIENT, "tools/call echo") and collector.of(SERVER, "tools/call echo"), "both spans")
        client, answer = collector.of(CLIENT, "tools/call echo")[0], collector.of(SERVER, "tools/call echo")[0]
        equal((answer["traceId"], answer["parentSpanId"]), (client["traceId"], client["spanId"]), "the server's place")
        equal(len(answer["attributes"]["mcp.session.id"]), 8, "how much is told of the session")


def a_header_names_the_trace_where_the_message_does_not(mcpctl):
    with traced(mcpctl) as (collector, server):
        session = open_session(server.port)
        call = {"jsonrpc": "2.0", "id": 5, "method": "tools/call",
                "params": {"name": "calculator", "arguments": {"a": 1, "b": 2}}}
        post(server.port, call, {"Mcp-Session-Id": session, "traceparent": PARENT})
        until(lambda: collector.of(SERVER, "tools/call calculator"), "the span")
        span = collector.of(SERVER, "tools/call calculator")[0]
        equal("-".join([span["traceId"], span["parentSpanId"]]), PARENT[3:52], "the place")
        equal(span["attributes"]["jsonrpc.request.id"], "5", "the request")


def failures_are_told_with_their_kind(mcpctl):
    with traced(mcpctl) as (collector, server):
        session = {"Mcp-Session-Id": open_session(server.port)}
        for number, (name, arguments) in enumerate([("calculator", {"operation": "divide", "a": 1, "b": 0}), ("none", {})]):
            post(server.port, {"jsonrpc": "2.0", "id": number + 2, "method": "tools/call",
                               "params": {"name": name, "arguments": arguments}}, session)
        until(lambda: len(collector.spans) >= 2, "the spans")
        kinds = {span["name"]: (span["attributes"]["error.type"], span["status"]["code"]) for span in collector.spans
                 if span["name"].startswith("tools/call")}
        equal(kinds, {"tools/call calculator": ("tool_error", 2), "tools/call none": ("-32602", 2)}, "failures")


def what_is_not_sampled_is_not_sent(mcpctl):
    with traced(mcpctl, OTEL_TRACES_SAMPLER="parentbased_always_off") as (collector, server):
        session = {"Mcp-Session-Id": open_session(server.port)}
        call = {"jsonrpc": "2.0", "id": 5, "method": "tools/call",
                "params": {"name": "echo", "arguments": {"message": "hi"}}}
        post(server.port, call, session)
        post(server.port, call, {**session, "traceparent": PARENT})
        until(lambda: collector.spans, "the span of the caller's trace")
        equal([span["traceId"] for span in collector.spans], [PARENT[3:35]], "traces")


def a_collector_that_is_away_holds_up_nothing_and_is_counted(mcpctl):
    environment = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{free_port()}", "OTEL_BSP_SCHEDULE_DELAY": "10",
                   "OTEL_BSP_MAX_QUEUE_SIZE": "2"}
    with serving(mcpctl, environment=environment) as server:
        session = {"Mcp-Session-Id": open_session(server.port)}
        for number in range(8):
            _, answer = post(server.port, {"jsonrpc": "2.0", "id": number + 2, "method": "tools/call", "params": {
                "name": "calculator", "arguments": {"a": 1, "b": 2}}}, session)
            expect("result" in answer, "no result")
        until(lambda: samples(server.metrics())["mcp_trace_spans_dropped_total"] >= 7, "dropped spans")
        until(lambda: "spans are lost" in server.log(), "a line in the log")
        equal(samples(server.metrics())["mcp_trace_spans_exported_total"], 0, "spans that were taken")
        equal(server.log().count("spans are lost"), 1, "lines in the log")


def a_collector_that_refuses_is_told_of_once(mcpctl):
    with traced(mcpctl, status=400) as (collector, server):
        open_session(server.port)
        until(lambda: "HTTP 400" in server.log(), "a line in the log")
        expect(samples(server.metrics())["mcp_trace_spans_dropped_total"] >= 1, "nothing was dropped")


def a_collector_may_want_headers_and_another_path(mcpctl):
    with Collector() as collector:
        environment = {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": collector.url + "/here",
                       "OTEL_EXPORTER_OTLP_HEADERS": "api-key=a%20b,x=y", "OTEL_BSP_SCHEDULE_DELAY": "10"}
        with serving(mcpctl, environment=environment) as server:
            open_session(server.port)
            server.call("calculator", "a=1", "b=2")
            until(lambda: collector.requests, "a request")
        path, headers = collector.requests[0]
        headers = {name.lower(): value for name, value in headers.items()}
        equal((path, headers["api-key"], headers["x"]), ("/here", "a b", "y"), "path and headers")


def spans_that_wait_are_sent_before_the_server_ends(mcpctl):
    with traced(mcpctl, OTEL_BSP_SCHEDULE_DELAY="60000") as (collector, server):
        server.call("calculator", "a=1", "b=2")
        equal(collector.of(SERVER, "tools/call calculator"), [], "spans before")
        server.end()
        equal(len(collector.of(SERVER, "tools/call calculator")), 1, "spans after")


def main():
    report = Report("traces")
    for fact in [
        one_call_is_one_trace_from_the_client_to_the_server, in_sessions_too,
        a_header_names_the_trace_where_the_message_does_not, failures_are_told_with_their_kind,
        what_is_not_sampled_is_not_sent, a_collector_that_is_away_holds_up_nothing_and_is_counted,
        a_collector_that_refuses_is_told_of_once, a_collector_may_want_headers_and_another_path,
        spans_that_wait_are_sent_before_the_server_ends,
    ]:
        report.run("otlp", fact, sys.argv[1])
    sys.exit(report.finish())


main()
