// SPDX-License-Identifier: Apache-2.0

/// Which span of which trace something belongs to, as the header `traceparent` says it.
///
/// See https://www.w3.org/TR/trace-context/.
public struct SpanContext: Sendable, Hashable {
  /// The name of a trace: 128 bits, not all zero.
  public struct TraceID: Sendable, Hashable {
    package let high, low: UInt64

    package init?(high: UInt64, low: UInt64) {
      guard high != 0 || low != 0 else { return nil }
      (self.high, self.low) = (high, low)
    }

    /// The id in hexadecimal.
    public var text: String { high.hexadecimal + low.hexadecimal }
  }

  /// The name of a span within its trace: 64 bits, not all zero.
  public struct SpanID: Sendable, Hashable {
    package let bits: UInt64

    package init?(_ bits: UInt64) {
      guard bits != 0 else { return nil }
      self.bits = bits
    }

    /// The id in hexadecimal.
    public var text: String { bits.hexadecimal }
  }

  /// The trace.
  public let trace: TraceID
  /// The span.
  public let span: SpanID
  /// Whether whoever began it records the trace.
  public let isSampled: Bool

  /// Makes a context.
  public init(trace: TraceID, span: SpanID, isSampled: Bool) {
    (self.trace, self.span, self.isSampled) = (trace, span, isSampled)
  }

  /// Reads the value of `traceparent`, `00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01`; nil when it is none. Later
  /// versions may say more behind it.
  public init?(traceparent: String) {
    var text = traceparent
    let read: SpanContext? = text.withUTF8 { bytes in
      guard bytes.count >= 55, bytes[2] == 0x2D, bytes[35] == 0x2D, bytes[52] == 0x2D,
        let version = UInt64(hexadecimal: bytes[0..<2]), version != 0xFF,
        bytes.count == 55 || (version > 0 && bytes[55] == 0x2D),
        let high = UInt64(hexadecimal: bytes[3..<19]), let low = UInt64(hexadecimal: bytes[19..<35]),
        let trace = TraceID(high: high, low: low),
        let span = UInt64(hexadecimal: bytes[36..<52]).flatMap(SpanID.init),
        let flags = UInt64(hexadecimal: bytes[53..<55])
      else { return nil }
      return SpanContext(trace: trace, span: span, isSampled: flags & 1 == 1)
    }
    guard let read else { return nil }
    self = read
  }

  /// The value of `traceparent`.
  public var traceparent: String { "00-\(trace.text)-\(span.text)-0\(isSampled ? 1 : 0)" }
}

extension UInt64 {
  /// Reads digits in lower case.
  fileprivate init?(hexadecimal digits: Slice<UnsafeBufferPointer<UInt8>>) {
    var value: UInt64 = 0
    for digit in digits {
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt64(digit - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt64(digit - UInt8(ascii: "a") + 10)
      default: return nil
      }
    }
    self = value
  }

  fileprivate var hexadecimal: String {
    let digits = String(self, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }
}
