// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore
import Observability

extension Service {
  /// Notes what became of a request.
  /// - Parameter context: what the request was answered in; nil for what needs none.
  @inline(__always)
  func note(
    _ outcome: Result<JSONObject, RPCError>, of request: Request, in context: RequestContext?, since start: Moment
  ) {
    if let meters { meters.answered(request.method, outcome, since: start) }
    if instruments.tracer != nil || logger.writes(.debug) { tell(outcome, of: request, in: context, since: start) }
  }

  /// The context of the span that will answer a request with this `_meta`; nil when nothing is traced.
  @inline(__always)
  func trace(_ meta: JSONObject) -> SpanContext? {
    instruments.tracer == nil ? nil : newTrace(meta)
  }

  private func newTrace(_ meta: JSONObject) -> SpanContext? {
    instruments.tracer?.context(under: SpanContext(meta: meta))
  }

  @inline(never)
  private func tell(
    _ outcome: Result<JSONObject, RPCError>, of request: Request, in context: RequestContext?, since start: Moment
  ) {
    if logger.writes(.debug) { log(outcome, of: request, in: context, since: start) }
    guard let tracer = instruments.tracer else { return }
    let meta = request.params["_meta"]?.object ?? [:]
    let parent = SpanContext(meta: meta)
    let trace = context?.trace ?? tracer.context(under: parent)
    guard trace.isSampled else { return }
    tracer.end(span(outcome, of: request, in: context, trace, under: parent, since: start))
  }

  private func log(
    _ outcome: Result<JSONObject, RPCError>, of request: Request, in context: RequestContext?, since start: Moment
  ) {
    var fields: Logger.Fields = [("method", request.method.rawValue)]
    if request.method == .toolsCall, let tool = request.params["name"]?.string {
      fields.append(("tool", String(tool.prefix(128))))
    }
    fields.append(("outcome", outcome.errorType ?? "ok"))
    fields.append(("us", String(start.age / 1000)))
    (context?.logger ?? logger).debug("answered", fields)
  }

  /// Spec: OpenTelemetry semantic conventions for MCP, "Server".
  private func span(
    _ outcome: Result<JSONObject, RPCError>, of request: Request, in context: RequestContext?, _ trace: SpanContext,
    under parent: SpanContext?, since start: Moment
  ) -> TraceSpan {
    var span = TraceSpan(request, .server, trace, under: parent)
    span.start -= start.age
    if let context {
      span.attributes.append(("mcp.protocol.version", .string(context.revision.rawValue)))
      if let session = context.sessionID {
        span.attributes.append(("mcp.session.id", .string(shownSession(session))))
      }
    }
    guard let kind = outcome.errorType else { return span }
    span.attributes.append(("error.type", .string(kind)))
    if case .failure(let error) = outcome {
      span.attributes.append(("rpc.response.status_code", .string(kind)))
      span.failure = error.message
    } else {
      span.failure = "the tool answered that it failed"
    }
    return span
  }
}

extension Result<JSONObject, RPCError> {
  /// What kind of failure it is, as OpenTelemetry has it: `tool_error` or the code of the error; nil when it is none.
  var errorType: String? {
    switch self {
    case .success(let result): result["isError"] == true ? "tool_error" : nil
    case .failure(let error): String(error.code.rawValue)
    }
  }
}
