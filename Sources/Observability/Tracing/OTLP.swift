// SPDX-License-Identifier: Apache-2.0

/// Spells spans as OTLP has them in JSON (`ExportTraceServiceRequest`): ids in hexadecimal, 64-bit numbers as strings.
///
/// See https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding.
package struct OTLP: Sendable {
  /// Who recorded the spans: `service.name` and more.
  package let resource: [(name: String, value: String)]
  /// What recorded them.
  package let scope: (name: String, version: String)

  package init(resource: [(name: String, value: String)], scope: (name: String, version: String)) {
    self.resource = resource
    self.scope = scope
  }

  /// A request to take `spans`.
  package func request(_ spans: [TraceSpan]) -> [UInt8] {
    var text = JSONText()
    text.append(#"{"resourceSpans":[{"resource":{"attributes":"#)
    text.append(attributes: resource.map { ($0.name, .string($0.value)) })
    text.append(#"},"scopeSpans":[{"scope":{"name":"#)
    text.append(string: scope.name)
    text.append(#","version":"#)
    text.append(string: scope.version)
    text.append(#"},"spans":["#)
    for (index, span) in spans.enumerated() {
      if index > 0 { text.append(",") }
      text.append(span)
    }
    text.append("]}]}]}")
    return text.bytes
  }
}

extension JSONText {
  fileprivate mutating func append(_ span: TraceSpan) {
    append(#"{"traceId":"\#(span.context.trace.text)","spanId":"\#(span.context.span.text)""#)
    if let parent = span.parent { append(#","parentSpanId":"\#(parent.text)""#) }
    append(#","flags":\#(span.context.isSampled ? 1 : 0),"kind":\#(span.kind.rawValue),"name":"#)
    append(string: span.name)
    append(#","startTimeUnixNano":"\#(span.start)","endTimeUnixNano":"\#(span.end)","attributes":"#)
    append(attributes: span.attributes)
    append(#","status":{"#)
    if let failure = span.failure {
      append(#""code":2,"message":"#)
      append(string: failure)
    }
    append("}}")
  }

  fileprivate mutating func append(attributes: [(name: String, value: TraceSpan.Value)]) {
    append("[")
    for (index, attribute) in attributes.enumerated() {
      append(index == 0 ? #"{"key":"# : #",{"key":"#)
      append(string: attribute.name)
      switch attribute.value {
      case .string(let text):
        append(#","value":{"stringValue":"#)
        append(string: text)
        append("}}")
      case .int(let number): append(#","value":{"intValue":"\#(number)"}}"#)
      }
    }
    append("]")
  }
}
