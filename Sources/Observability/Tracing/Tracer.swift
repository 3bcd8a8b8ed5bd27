// SPDX-License-Identifier: Apache-2.0

/// Something that was done, from when to when, and on whose behalf.
public struct TraceSpan: Sendable {
  /// Which side of a call it is.
  public enum Kind: Int, Sendable {
    /// Neither.
    case `internal` = 1
    /// It answers a request.
    case server = 2
    /// It sends one and waits for the answer.
    case client = 3
  }

  /// What is said about it.
  public enum Value: Sendable, Hashable {
    /// A text.
    case string(String)
    /// A whole number.
    case int(Int)
  }

  /// What it is called, of few different names.
  public var name: String
  /// Which side it is.
  public var kind: Kind
  /// Its trace and its own id.
  public var context: SpanContext
  /// The span it is part of; nil for the first of a trace.
  public var parent: SpanContext.SpanID?
  /// Nanoseconds since 1970.
  public var start: Int
  /// Nanoseconds since 1970.
  public var end = 0
  /// What is said about it, under the names of the OpenTelemetry semantic conventions.
  public var attributes: [(name: String, value: Value)] = []
  /// Why it failed; nil when it did not.
  public var failure: String?

  /// Begins a span now.
  public init(_ name: String, _ kind: Kind, _ context: SpanContext, under parent: SpanContext?) {
    self.name = name
    self.kind = kind
    self.context = context
    self.parent = parent?.span
    start = Timestamp.nanosecondsNow
  }
}

/// Decides which traces are recorded, and hands over the spans of those.
public final class Tracer: Sendable {
  /// Which traces are recorded.
  public struct Sampler: Sendable, Hashable {
    /// What share of the traces that begin here is recorded, from 0 to 1.
    public var share: Double
    /// Whether traces that began elsewhere are recorded if they are there, and only then.
    public var obeysParent: Bool

    /// Makes a sampler.
    public init(share: Double = 1, obeysParent: Bool = true) {
      self.share = share
      self.obeysParent = obeysParent
    }

    func records(_ trace: SpanContext.TraceID, under parent: SpanContext?) -> Bool {
      if obeysParent, let parent { return parent.isSampled }
      if share >= 1 { return true }
      // The share is taken from the trace's id, so that everybody who has it decides alike.
      return share > 0 && Double(trace.low >> 1) < share * Double(UInt64(1) << 63)
    }
  }

  private let sampler: Sampler
  private let export: @Sendable (TraceSpan) -> Void

  /// Makes a tracer.
  /// - Parameter export: takes each span that is recorded, on the thread that ends it; must return at once.
  public init(_ sampler: Sampler = Sampler(), export: @escaping @Sendable (TraceSpan) -> Void) {
    self.sampler = sampler
    self.export = export
  }

  /// The context of a new span, part of `parent` or the first of a trace of its own.
  public func context(under parent: SpanContext?) -> SpanContext {
    var random = SystemRandomNumberGenerator()
    // Zero does not come up: the last alternatives only spare a crash.
    let span = SpanContext.SpanID(random.next()) ?? SpanContext.SpanID(bits: 1)
    let trace = parent?.trace ?? SpanContext.TraceID(high: random.next(), low: random.next() | 1) ?? .one
    return SpanContext(trace: trace, span: span, isSampled: sampler.records(trace, under: parent))
  }

  /// Ends a span and hands it over, if its trace is recorded.
  public func end(_ span: TraceSpan) {
    guard span.context.isSampled else { return }
    var span = span
    span.end = Timestamp.nanosecondsNow
    span.clip()
    export(span)
  }
}

extension SpanContext.SpanID {
  fileprivate init(bits: UInt64) { self.bits = bits }
}

extension SpanContext.TraceID {
  fileprivate static let one = SpanContext.TraceID(low: 1)
  fileprivate init(low: UInt64) { (high, self.low) = (0, low) }
}
