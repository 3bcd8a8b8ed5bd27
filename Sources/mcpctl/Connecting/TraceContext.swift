// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import Observability

/// The W3C trace context of whoever started us, from the environment variables named after its headers.
enum TraceContext {
  /// What goes along with requests; nothing when `TRACEPARENT` is not set or malformed, and no trace is to begin here.
  ///
  /// - Parameter begins: whether a trace begins here when there is none, so that the server's log can be searched for it.
  static func read(_ console: Console, begins: Bool = false) -> [String: String] {
    guard let parent = console.environment("TRACEPARENT"), SpanContext(traceparent: parent) != nil else {
      return begins ? ["traceparent": new()] : [:]
    }
    var context = ["traceparent": parent]
    for name in ["tracestate", "baggage"] {
      guard let value = console.environment(name.uppercased()), !value.isEmpty, value.utf8.count <= 8192,
        value.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
      else { continue }
      context[name] = value
    }
    return context
  }

  /// A trace of its own, which nobody is asked to record.
  private static func new() -> String {
    func digits(_ bits: UInt64) -> String {
      let text = String(bits, radix: 16)
      return String(repeating: "0", count: 16 - text.utf8.count) + text
    }
    let bits = (0..<3).map { _ in digits(.random(in: 1 ... .max)) }
    return "00-\(bits[0])\(bits[1])-\(bits[2])-00"
  }
}
