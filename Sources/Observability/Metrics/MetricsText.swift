// SPDX-License-Identifier: Apache-2.0

/// Metrics in the making, in the text format of Prometheus, version 0.0.4.
public struct MetricsText: Sendable {
  /// What a family is.
  public enum Kind: String, Sendable {
    /// It is counted and never gets less.
    case counter
    /// It goes up and down.
    case gauge
  }

  /// The labels of one sample.
  public typealias Labels = [(String, String)]

  /// The media type of the format.
  public static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

  package private(set) var bytes: [UInt8] = []

  package init() {}

  /// Writes a counter or a gauge with all its samples; nothing when there are none.
  public mutating func family(_ name: String, _ kind: Kind, _ help: String, _ samples: [(Labels, Double)]) {
    guard !samples.isEmpty else { return }
    head(name, kind.rawValue, help)
    for (labels, value) in samples { sample(name, labels, Self.shown(value)) }
  }

  /// Writes a gauge of one value.
  public mutating func gauge(_ name: String, _ help: String, _ value: Double) {
    family(name, .gauge, help, [([], value)])
  }

  /// Writes a counter of one value.
  public mutating func counter(_ name: String, _ help: String, _ value: Double) {
    family(name, .counter, help, [([], value)])
  }

  /// Writes histograms of seconds; nothing when there are none.
  public mutating func histograms(_ name: String, _ help: String, _ samples: [(Labels, Histogram.Snapshot)]) {
    guard !samples.isEmpty else { return }
    head(name, "histogram", help)
    for (labels, snapshot) in samples {
      var below = 0
      for (bound, count) in zip(Histogram.nanoseconds, snapshot.counts) {
        below += count
        sample(name + "_bucket", labels + [("le", Self.shown(Double(bound) / 1e9))], String(below))
      }
      let count = String(snapshot.count)
      sample(name + "_bucket", labels + [("le", "+Inf")], count)
      sample(name + "_sum", labels, Self.shown(Double(snapshot.sum) / 1e9))
      sample(name + "_count", labels, count)
    }
  }

  private mutating func head(_ name: String, _ kind: String, _ help: String) {
    append("# HELP \(name) ")
    append(help, escaping: false)
    append("\n# TYPE \(name) \(kind)\n")
  }

  private mutating func sample(_ name: String, _ labels: Labels, _ value: String) {
    append(name)
    for (index, label) in labels.enumerated() {
      append(index == 0 ? "{" : ",")
      append(label.0)
      append("=\"")
      append(label.1, escaping: true)
      append("\"")
    }
    append(labels.isEmpty ? " " : "} ")
    append(value)
    append("\n")
  }

  private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

  /// A value of a label, or a help text, where quotes may stay.
  private mutating func append(_ text: String, escaping quotes: Bool) {
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\\"): append("\\\\")
      case UInt8(ascii: "\n"): append("\\n")
      case UInt8(ascii: "\"") where quotes: append("\\\"")
      default: bytes.append(byte)
      }
    }
  }

  /// Whole numbers without a fraction, everything else as Swift writes it, which Prometheus reads.
  private static func shown(_ value: Double) -> String {
    if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
    if value.isNaN { return "NaN" }
    guard let whole = Int(exactly: value) else { return "\(value)" }
    return String(whole)
  }
}
