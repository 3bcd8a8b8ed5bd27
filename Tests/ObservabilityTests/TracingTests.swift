// SPDX-License-Identifier: Apache-2.0
import Observability
import Synchronization
import Testing

@Suite struct TracingTests {
  private static let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

  @Test func aTraceparentIsReadAndWritten() throws {
    let context = try #require(SpanContext(traceparent: Self.parent))
    #expect(context.trace.text == "0af7651916cd43dd8448eb211c80319c")
    #expect(context.span.text == "b7ad6b7169203331")
    #expect(context.isSampled)
    #expect(context.traceparent == Self.parent)
    #expect(SpanContext(traceparent: String(Self.parent.dropLast()) + "0")?.isSampled == false)
    #expect(
      SpanContext(traceparent: "cc" + Self.parent.dropFirst(2) + "-more") == SpanContext(traceparent: Self.parent))
  }

  @Test(arguments: [
    "", "00-0-0-01", "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
    "00-00000000000000000000000000000000-b7ad6b7169203331-01",
    "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
    "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0g",
    "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01x",
  ])
  func whatIsNoTraceparentIsNone(_ text: String) { #expect(SpanContext(traceparent: text) == nil) }

  @Test func aSpanIsPartOfItsParentsTrace() throws {
    let parent = try #require(SpanContext(traceparent: Self.parent))
    let tracer = Tracer { _ in }
    let context = tracer.context(under: parent)
    #expect(context.trace == parent.trace && context.span != parent.span && context.isSampled)
    let first = tracer.context(under: nil)
    #expect(first.trace != tracer.context(under: nil).trace)
  }

  @Test func theSamplerDecidesOnceForATrace() throws {
    let no = try #require(SpanContext(traceparent: String(Self.parent.dropLast()) + "0"))
    #expect(!Tracer { _ in }.context(under: no).isSampled)
    #expect(Tracer(.init(share: 1, obeysParent: false)) { _ in }.context(under: no).isSampled)
    #expect(!Tracer(.init(share: 0)) { _ in }.context(under: nil).isSampled)
    let quarter = Tracer(.init(share: 0.25)) { _ in }
    let sampled = (0..<4000).count { _ in quarter.context(under: nil).isSampled }
    #expect((700...1300).contains(sampled))
  }

  @Test func onlySampledSpansAreHandedOver() throws {
    let spans = Mutex<[String]>([])
    let tracer = Tracer { span in spans.withLock { $0.append(span.name) } }
    tracer.end(TraceSpan("yes", .server, tracer.context(under: nil), under: nil))
    let off = Tracer(.init(share: 0)) { span in spans.withLock { $0.append(span.name) } }
    off.end(TraceSpan("no", .server, off.context(under: nil), under: nil))
    #expect(spans.withLock { $0 } == ["yes"])
  }

  @Test func whatPeersWroteIsCut() throws {
    let spans = Mutex<[TraceSpan]>([])
    let tracer = Tracer { span in spans.withLock { $0.append(span) } }
    let long = String(repeating: "é", count: 5000)
    var span = TraceSpan(long, .server, tracer.context(under: nil), under: nil)
    span.failure = long
    span.attributes = [("gen_ai.tool.name", .string(long)), ("short", .string("é"))]
    tracer.end(span)
    let kept = try #require(spans.withLock { $0.first })
    #expect(kept.name == String(repeating: "é", count: 512))
    #expect(kept.failure?.utf8.count == 1024)
    #expect(kept.attributes.map(\.value) == [.string(kept.name), .string("é")])
  }

  @Test func spansAreSpelledAsTheCollectorReadsThem() throws {
    let parent = try #require(SpanContext(traceparent: Self.parent))
    var span = TraceSpan("tools/call \"x\"\n", .server, parent, under: parent)
    (span.start, span.end) = (1, 2)
    span.attributes = [("a", .string("b")), ("n", .int(-3))]
    span.failure = "no"
    let text = String(
      decoding: OTLP(resource: [("service.name", "s")], scope: ("mcpctl", "1")).request([span]), as: UTF8.self)
    #expect(
      text == #"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"s"}}]},"#
        + #""scopeSpans":[{"scope":{"name":"mcpctl","version":"1"},"spans":["#
        + #"{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","parentSpanId":"b7ad6b7169203331","#
        + #""flags":1,"kind":2,"name":"tools/call \"x\"\n","startTimeUnixNano":"1","endTimeUnixNano":"2","#
        + #""attributes":[{"key":"a","value":{"stringValue":"b"}},{"key":"n","value":{"intValue":"-3"}}],"#
        + #""status":{"code":2,"message":"no"}}]}]}]}"#)
  }
}

/// The environment variables of OpenTelemetry.
@Suite struct TracingOptionsTests {
  private func options(_ environment: [String: String], endpoint: String? = nil) throws -> TracingOptions? {
    try TracingOptions({ environment[$0] }, endpoint: endpoint, service: "s", version: "1")
  }

  @Test func nothingIsTracedUnasked() throws {
    #expect(try options([:]) == nil)
    #expect(try options(["OTEL_EXPORTER_OTLP_ENDPOINT": ""]) == nil)
    #expect(try options(["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318", "OTEL_SDK_DISABLED": "TRUE"]) == nil)
    #expect(try options(["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318", "OTEL_TRACES_EXPORTER": "none"]) == nil)
  }

  @Test func theEndpointIsABaseUnlessItIsForTracesAlone() throws {
    #expect(try options(["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318"])?.url == "http://c:4318/v1/traces")
    #expect(try options(["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c/x/"])?.url == "http://c/x/v1/traces")
    let both = ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://t/here"]
    #expect(try options(both)?.url == "http://t/here")
    #expect(try options(both, endpoint: "http://flag")?.url == "http://flag/v1/traces")
  }

  @Test func theRestIsReadToo() throws {
    let read = try #require(
      try options([
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://c", "OTEL_EXPORTER_OTLP_HEADERS": "api-key=a%20b, x = y ,bad",
        "OTEL_SERVICE_NAME": "mine", "OTEL_RESOURCE_ATTRIBUTES": "deployment.environment=test,service.name=other",
        "OTEL_TRACES_SAMPLER": "parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0.5",
        "OTEL_EXPORTER_OTLP_TIMEOUT": "1500", "OTEL_BSP_MAX_QUEUE_SIZE": "7", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "3",
        "OTEL_BSP_SCHEDULE_DELAY": "20",
      ]))
    #expect(read.headers.map(\.name) == ["api-key", "x "] || read.headers.map(\.name) == ["api-key", "x"])
    #expect(read.headers.map(\.value) == ["a b", "y"])
    #expect(read.resource.first?.value == "mine")
    #expect(read.resource.map(\.name) == ["service.name", "service.version", "deployment.environment"])
    #expect(read.sampler == Tracer.Sampler(share: 0.5, obeysParent: true))
    #expect(
      read.timeout == .milliseconds(1500) && read.queue == 7 && read.batch == 3 && read.delay == .milliseconds(20))
  }

  @Test(arguments: [
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317", "http://"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "http/json"),
    ("OTEL_TRACES_SAMPLER", "sometimes", "always_on"), ("OTEL_BSP_MAX_QUEUE_SIZE", "0", "whole number"),
    ("OTEL_EXPORTER_OTLP_TIMEOUT", "soon", "whole number"),
  ])
  func whatCannotBeUnderstoodIsNamed(_ name: String, _ value: String, _ remedy: String) {
    let error = #expect(throws: TracingFault.self) {
      _ = try options(["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c"].merging([name: value]) { $1 })
    }
    #expect(error?.message.contains(remedy) == true)
    #expect(error?.message.contains(value) == true)
  }
}
