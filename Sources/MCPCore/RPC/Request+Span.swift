// SPDX-License-Identifier: Apache-2.0
package import JSONKit
package import Observability

extension TraceSpan {
  /// Begins the span of a request, on either side: named after the method and what it is applied to.
  ///
  /// What a call says and answers may be secret and is left out, and so is the query of a URI.
  /// Spec: OpenTelemetry semantic conventions for MCP.
  package init(_ request: Request, _ kind: Kind, _ context: SpanContext, under parent: SpanContext?) {
    self.init(method: request.method, request.params, kind, context, under: parent)
    attributes.append(("jsonrpc.request.id", .string("\(request.id)")))
  }

  /// The same where the request's id is not known yet.
  package init(
    method: Method, _ params: JSONObject, _ kind: Kind, _ context: SpanContext, under parent: SpanContext?
  ) {
    let target: (name: String, value: String)? =
      switch method {
      case .toolsCall: params["name"]?.string.map { ("gen_ai.tool.name", $0) }
      case .promptsGet: params["name"]?.string.map { ("gen_ai.prompt.name", $0) }
      default: nil
      }
    let name = target.map { "\(method.rawValue) \($0.value.prefix(128))" } ?? method.rawValue
    self.init(name, kind, context, under: parent)
    attributes.append(("mcp.method.name", .string(method.rawValue)))
    if let target { attributes.append((target.name, .string(String(target.value.prefix(128))))) }
    if method == .toolsCall { attributes.append(("gen_ai.operation.name", .string("execute_tool"))) }
    if method.namesResource, let uri = params["uri"]?.string {
      attributes.append(("mcp.resource.uri", .string(String(uri.prefix { $0 != "?" }.prefix(1024)))))
    }
  }
}

extension Method {
  fileprivate var namesResource: Bool {
    switch self {
    case .resourcesRead, .resourcesSubscribe, .resourcesUnsubscribe: true
    default: false
    }
  }
}
