// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore
import Observability

extension Client {
  /// Begins the span of an attempt to send a request, and has the request say so; nil when nothing is recorded.
  ///
  /// Spec: OpenTelemetry semantic conventions for MCP, "Client".
  func beginSpan(_ method: Method, _ params: inout JSONObject, _ negotiated: Negotiated) -> TraceSpan? {
    guard let tracer = options.tracer else { return nil }
    let parent = SpanContext(meta: params["_meta"]?.object ?? [:])
    let context = tracer.context(under: parent)
    params.setMeta(MetaKey.traceparent, .string(context.traceparent))
    var span = TraceSpan(method: method, params, .client, context, under: parent)
    span.attributes.append(("mcp.protocol.version", .string(negotiated.revision.rawValue)))
    return span
  }

  /// Ends a span.
  func end(_ span: TraceSpan?, _ error: ClientError?, _ result: JSONObject = [:]) {
    guard var span, let tracer = options.tracer else { return }
    if let error {
      let kind = error.rpcError.map { String($0.code.rawValue) }
      span.attributes.append(("error.type", .string(kind ?? error.code.rawValue)))
      if let kind { span.attributes.append(("rpc.response.status_code", .string(kind))) }
      span.failure = error.message
    } else if result["isError"] == true {
      span.attributes.append(("error.type", .string("tool_error")))
      span.failure = "the tool answered that it failed"
    }
    tracer.end(span)
  }
}
