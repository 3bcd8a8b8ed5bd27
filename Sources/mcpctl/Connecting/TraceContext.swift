// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import Observability

/// The W3C trace context of whoever started us, from the environment variables named after its headers.
enum TraceContext {
  /// What goes along with requests; nothing when `TRACEPARENT` is not set or malformed.
  static func read(_ console: Console) -> [String: String] {
    guard let parent = console.environment("TRACEPARENT"), SpanContext(traceparent: parent) != nil else { return [:] }
    var context = ["traceparent": parent]
    for name in ["tracestate", "baggage"] {
      guard let value = console.environment(name.uppercased()), !value.isEmpty, value.utf8.count <= 8192,
        value.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
      else { continue }
      context[name] = value
    }
    return context
  }
}
