// SPDX-License-Identifier: Apache-2.0

/// Durations and sizes as people write them, spelled as the options of the command line are.
enum Units {
  private static let durations = ["ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]
  private static let sizes = [
    "b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "kb": 1000,
    "mb": 1_000_000, "gb": 1_000_000_000,
  ]
  /// The longest duration, in milliseconds: some thirty years.
  private static let longest = 1_000_000_000_000
  private static let largest = 1_000_000_000_000_000

  /// Reads `30s`, `1500ms`, `1h30m`, `2.5m`; a bare number counts `bare` milliseconds.
  static func duration(_ text: String, bare: Int) -> Duration? {
    sum(of: text, in: durations, bare: bare, limit: longest).map { .milliseconds($0) }
  }

  /// Reads `512`, `64k`, `10MiB`, `1GB`: `k`, `M`, `G` and `KiB`, `MiB`, `GiB` are powers of 1024, `kB`, `MB`, `GB` of 1000.
  static func size(_ text: String) -> Int? { sum(of: text.lowercased(), in: sizes, bare: 1, limit: largest) }

  static func text(_ duration: Duration) -> String {
    let milliseconds = duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000
    guard milliseconds > 0 else { return "0s" }
    for (unit, length) in [("h", 3_600_000), ("m", 60_000), ("s", 1000)] as [(String, Int64)]
    where milliseconds % length == 0 {
      return "\(milliseconds / length)\(unit)"
    }
    return "\(milliseconds)ms"
  }

  static func text(bytes: Int) -> String {
    for (unit, size) in [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)] where bytes >= size && bytes % size == 0
    {
      return "\(bytes / size)\(unit)"
    }
    return String(bytes)
  }

  /// Adds up number-unit pairs; nil when the text is anything else, or more than `limit`.
  private static func sum(of text: String, in units: [String: Int], bare: Int, limit: Int) -> Int? {
    var rest = text[...]
    var total = 0.0
    guard !rest.isEmpty else { return nil }
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
      guard digits.utf8.count <= 20, let number = Double(digits) else { return nil }
      rest = rest.dropFirst(digits.count)
      let unit = rest.prefix { $0.isLetter }
      guard let size = unit.isEmpty ? bare : units[String(unit)] else { return nil }
      if unit.isEmpty && digits.count != text.count { return nil }
      rest = rest.dropFirst(unit.count)
      total += number * Double(size)
    }
    return total <= Double(limit) ? Int(total.rounded()) : nil
  }
}
