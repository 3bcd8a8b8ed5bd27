// SPDX-License-Identifier: Apache-2.0
import EventIO

/// What a client can read, from its `Accept`. Nothing said accepts everything.
///
/// Read over the header's bytes, without making strings.
struct Acceptance: Sendable, Hashable {
  private(set) var json = false
  private(set) var events = false

  init(_ headers: HTTPHeaders) {
    guard headers.withOnlyValue(of: "accept", { add($0) }) == nil else { return }
    let values = headers.values(of: "accept")
    for value in values { add(value.utf8.span) }
    if values.isEmpty { (json, events) = (true, true) }
  }

  private mutating func add(_ value: Span<UInt8>) {
    // What the specification tells clients to send, and they do.
    if value.isSame("application/json, text/event-stream", in: 0..<value.count) {
      return (json, events) = (true, true)
    }
    var start = 0
    while start < value.count {
      let end = value.index(of: UInt8(ascii: ","), in: start..<value.count)
      add(start..<end, of: value)
      start = end + 1
    }
  }

  /// Adds one media range with its parameters.
  private mutating func add(_ range: Range<Int>, of value: Span<UInt8>) {
    let type = value.mediaType(in: range)
    let isJSON = value.isSame("application/json", in: type) || value.isSame("application/*", in: type)
    let isEvents = value.isSame("text/event-stream", in: type) || value.isSame("text/*", in: type)
    let isAll = value.isSame("*/*", in: type)
    guard isJSON || isEvents || isAll, !value.isRefused(range) else { return }
    json = json || isJSON || isAll
    events = events || isEvents || isAll
  }
}

extension HTTPHeaders {
  /// Whether the client can read gzip, and does not prefer to have nothing packed.
  var acceptGzip: Bool {
    values(of: "accept-encoding").contains { value in
      value.split(separator: ",").contains { coding in
        let span = coding.utf8.span
        let name = span.mediaType(in: 0..<span.count)
        return (span.isSame("gzip", in: name) || span.isSame("*", in: name)) && !span.isRefused(0..<span.count)
      }
    }
  }
}

extension HTTPHead {
  /// Whether the body says it is JSON.
  var hasJSONBody: Bool {
    headers.withValue(of: "content-type") { value in
      value.isSame("application/json", in: value.mediaType(in: 0..<value.count))
    } ?? false
  }
}

extension Span<UInt8> {
  /// Where `byte` first is in `range`; its end when it is nowhere.
  fileprivate func index(of byte: UInt8, in range: Range<Int>) -> Int {
    var index = range.lowerBound
    while index < range.upperBound, self[index] != byte { index += 1 }
    return index
  }

  /// What stands before the first `;`, without the spaces around it.
  fileprivate func mediaType(in range: Range<Int>) -> Range<Int> {
    trimmed(range.lowerBound..<index(of: UInt8(ascii: ";"), in: range))
  }

  private func trimmed(_ range: Range<Int>) -> Range<Int> {
    var (start, end) = (range.lowerBound, range.upperBound)
    while start < end, self[start] == 0x20 || self[start] == 0x09 { start += 1 }
    while end > start, self[end - 1] == 0x20 || self[end - 1] == 0x09 { end -= 1 }
    return start..<end
  }

  /// Whether a parameter gives the range no weight: `q=0`, `q=0.0` …
  fileprivate func isRefused(_ range: Range<Int>) -> Bool {
    var start = index(of: UInt8(ascii: ";"), in: range)
    while start < range.upperBound {
      let end = index(of: UInt8(ascii: ";"), in: (start + 1)..<range.upperBound)
      if isZeroWeight(trimmed((start + 1)..<end)) { return true }
      start = end
    }
    return false
  }

  private func isZeroWeight(_ range: Range<Int>) -> Bool {
    let start = range.lowerBound
    guard range.count >= 3, self[start] | 0x20 == UInt8(ascii: "q"), self[start + 1] == UInt8(ascii: "=") else {
      return false
    }
    return range.dropFirst(2).allSatisfy { self[$0] == UInt8(ascii: "0") || self[$0] == UInt8(ascii: ".") }
  }
}
