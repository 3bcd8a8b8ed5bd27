// SPDX-License-Identifier: Apache-2.0
import EventIO

/// What a client can read, from its `Accept`. Nothing said accepts everything.
struct Acceptance: Sendable, Hashable {
  private(set) var json = false
  private(set) var events = false

  init(_ headers: HTTPHeaders) {
    guard headers.contains("accept") else {
      json = true
      events = true
      return
    }
    for value in headers.values(of: "accept") {
      for range in value.lowercased().split(separator: ",") { add(range) }
    }
  }

  private mutating func add(_ range: Substring) {
    let parts = range.split(separator: ";").map { $0.trimmed }
    guard let type = parts.first, !parts.dropFirst().contains("q=0") else { return }
    switch type {
    case "*/*":
      json = true
      events = true
    case "application/json", "application/*": json = true
    case "text/event-stream", "text/*": events = true
    default: break
    }
  }
}

extension HTTPRequest {
  /// Whether the body says it is JSON.
  var hasJSONBody: Bool {
    headers.withValue(of: "content-type") { value in
      let name = StaticString("application/json")
      guard value.count >= name.utf8CodeUnitCount else { return false }
      for index in 0..<name.utf8CodeUnitCount {
        guard value[index] | 0x20 == name.utf8Start[index] | 0x20 else { return false }
      }
      guard value.count > name.utf8CodeUnitCount else { return true }
      let next = value[name.utf8CodeUnitCount]
      return next == UInt8(ascii: ";") || next == UInt8(ascii: " ")
    } ?? false
  }
}

extension Substring {
  /// Without the spaces around it.
  var trimmed: Substring {
    var text = self
    while let first = text.utf8.first, first == 0x20 || first == 0x09 { text = text.dropFirst() }
    while let last = text.utf8.last, last == 0x20 || last == 0x09 { text = text.dropLast() }
    return text
  }
}
