// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit

/// The W3C trace context of whoever started us, from the environment variables named after its headers.
enum TraceContext {
  /// What goes along with requests; nothing when `TRACEPARENT` is not set or malformed.
  static func read(_ console: Console) -> [String: String] {
    guard let parent = console.environment("TRACEPARENT"), isTraceparent(parent) else { return [:] }
    var context = ["traceparent": parent]
    for name in ["tracestate", "baggage"] {
      guard let value = console.environment(name.uppercased()), !value.isEmpty, value.utf8.count <= 8192,
        value.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
      else { continue }
      context[name] = value
    }
    return context
  }

  /// `00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01`; see https://www.w3.org/TR/trace-context/.
  static func isTraceparent(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count >= 4, parts.prefix(4).map(\.utf8.count) == [2, 32, 16, 2], parts[0] != "ff",
      parts.count == 4 || parts[0] != "00"
    else { return false }
    let isHex = parts.prefix(4).allSatisfy { part in part.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) } }
    return isHex && [parts[1], parts[2]].allSatisfy { part in part.utf8.contains { $0 != UInt8(ascii: "0") } }
  }
}
