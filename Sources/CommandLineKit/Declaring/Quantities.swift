// SPDX-License-Identifier: Apache-2.0

extension Duration: ArgumentValue {
  /// Reads `1500ms`, `30s`, `2m`, `1h`, `1d`, several of them in a row, or plain seconds (`2.5`).
  package init(argument word: String) throws(ValueFault) {
    let units: [String: Double] = ["ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400]
    guard let seconds = word.isEmpty ? nil : sum(of: word[...], in: units, bare: 1), seconds <= 1e9 else {
      throw ValueFault("'\(word)' is not a duration; write 500ms, 30s, 2m or 1h")
    }
    self = .milliseconds(Int64((seconds * 1000).rounded()))
  }

  package var shown: String? {
    let (seconds, rest) = components
    guard rest == 0 else { return "\(seconds * 1000 + rest / 1_000_000_000_000_000)ms" }
    if seconds > 0, seconds % 3600 == 0 { return "\(seconds / 3600)h" }
    if seconds > 0, seconds % 60 == 0 { return "\(seconds / 60)m" }
    return "\(seconds)s"
  }
}

/// A number of bytes, spelled `512`, `64k`, `10MiB` or `1GB`.
package struct ByteCount: ArgumentValue, Sendable, Hashable {
  /// How many bytes.
  package let bytes: Int
  package init(_ bytes: Int) { self.bytes = bytes }

  /// Reads a number with an optional unit: `k`, `M`, `G` and `KiB`, `MiB`, `GiB` are powers of 1024, `kB`, `MB`, `GB` of 1000.
  package init(argument word: String) throws(ValueFault) {
    let units: [String: Double] = [
      "b": 1, "k": 1024, "m": 1_048_576, "g": 1_073_741_824, "kib": 1024, "mib": 1_048_576, "gib": 1_073_741_824,
      "kb": 1000, "mb": 1_000_000, "gb": 1_000_000_000,
    ]
    guard let count = word.isEmpty ? nil : sum(of: word.lowercased()[...], in: units, bare: 1), count <= 1e15 else {
      throw ValueFault("'\(word)' is not a size; write 512, 64k, 10MiB or 1GB")
    }
    bytes = Int(count)
  }

  package var shown: String? {
    for (unit, size) in [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)] where bytes >= size && bytes % size == 0
    {
      return "\(bytes / size)\(unit)"
    }
    return String(bytes)
  }
}

/// Adds up number-unit pairs (`1m30s`); nil when the text is anything else. A number without a unit counts `bare`.
private func sum(of text: Substring, in units: [String: Double], bare: Double) -> Double? {
  var rest = text
  var total = 0.0
  while !rest.isEmpty {
    let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    guard let number = Double(digits) else { return nil }
    rest = rest.dropFirst(digits.count)
    let unit = rest.prefix { $0.isLetter }
    guard let size = unit.isEmpty ? bare : units[String(unit)] else { return nil }
    if unit.isEmpty && digits.count != text.count { return nil }
    rest = rest.dropFirst(unit.count)
    total += number * size
  }
  return total
}
