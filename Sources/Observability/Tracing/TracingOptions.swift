// SPDX-License-Identifier: Apache-2.0

/// Where spans go and which, as the environment variables of OpenTelemetry say it.
///
/// See https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/.
public struct TracingOptions: Sendable {
  /// Where spans are posted, such as `http://127.0.0.1:4318/v1/traces`.
  public var url: String
  /// Sent along, for the collector's sake.
  public var headers: [(name: String, value: String)]
  /// Who records them: `service.name` among others.
  public var resource: [(name: String, value: String)]
  /// Which traces are recorded.
  public var sampler: Tracer.Sampler
  /// How long the collector may take. Default 10 s.
  public var timeout: Duration
  /// Spans that may wait to be sent; beyond, new ones are dropped. Default 2048.
  public var queue: Int
  /// Spans that are sent at once. Default 512.
  public var batch: Int
  /// How long a span waits for others at most. Default 5 s.
  public var delay: Duration

  /// Makes options for a collector.
  public init(
    url: String, headers: [(name: String, value: String)] = [],
    resource: [(name: String, value: String)] = [("service.name", "mcpctl")],
    sampler: Tracer.Sampler = Tracer.Sampler(),
    timeout: Duration = .seconds(10), queue: Int = 2048, batch: Int = 512, delay: Duration = .seconds(5)
  ) {
    self.url = url
    self.headers = headers
    self.resource = resource
    self.sampler = sampler
    self.timeout = timeout
    self.queue = queue
    self.batch = batch
    self.delay = delay
  }

  /// Reads the environment; nil when it names no collector, or says that there are no traces.
  /// - Parameters:
  ///   - endpoint: the collector, in place of `OTEL_EXPORTER_OTLP_ENDPOINT`.
  ///   - service: what the service is called when `OTEL_SERVICE_NAME` does not say it.
  /// - Throws: `TracingFault` naming the variable that cannot be understood.
  public init?(
    _ environment: @escaping (String) -> String?, endpoint: String? = nil, service: String, version: String
  ) throws(TracingFault) {
    let reader = Reader(environment)
    guard reader["OTEL_SDK_DISABLED"]?.lowercased() != "true", reader["OTEL_TRACES_EXPORTER"] != "none" else {
      return nil
    }
    let own = endpoint == nil ? reader["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] : nil
    guard let base = own ?? endpoint ?? reader["OTEL_EXPORTER_OTLP_ENDPOINT"] else { return nil }
    guard base.hasPrefix("http://") || base.hasPrefix("https://") else {
      throw TracingFault("the endpoint of the trace collector needs http:// or https://, found '\(base)'")
    }
    let kind = reader["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"] ?? reader["OTEL_EXPORTER_OTLP_PROTOCOL"]
    if kind == "grpc" {
      throw TracingFault("OTEL_EXPORTER_OTLP_PROTOCOL=grpc is not spoken here: use http/json, usually at port 4318")
    }
    let headers = reader["OTEL_EXPORTER_OTLP_TRACES_HEADERS"] ?? reader["OTEL_EXPORTER_OTLP_HEADERS"]
    var resource = [("service.name", service), ("service.version", version)]
    for (name, value) in Reader.pairs(reader["OTEL_RESOURCE_ATTRIBUTES"]) {
      resource.removeAll { $0.0 == name }
      resource.append((name, value))
    }
    if let name = reader["OTEL_SERVICE_NAME"] {
      resource.removeAll { $0.0 == "service.name" }
      resource.insert(("service.name", name), at: 0)
    }
    let timeout = try reader.duration("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT")
    let common = try reader.duration("OTEL_EXPORTER_OTLP_TIMEOUT")
    self.init(
      url: own ?? base + (base.hasSuffix("/") ? "" : "/") + "v1/traces", headers: Reader.pairs(headers),
      resource: resource,
      sampler: try reader.sampler(),
      timeout: timeout ?? common ?? .seconds(10),
      queue: try reader.number("OTEL_BSP_MAX_QUEUE_SIZE") ?? 2048,
      batch: try reader.number("OTEL_BSP_MAX_EXPORT_BATCH_SIZE") ?? 512,
      delay: try reader.duration("OTEL_BSP_SCHEDULE_DELAY") ?? .seconds(5))
  }
}

/// A setting of tracing that cannot be understood.
public struct TracingFault: Error, Sendable, Hashable, CustomStringConvertible {
  /// Names the setting and what it may be.
  public let message: String
  /// Makes a fault.
  public init(_ message: String) { self.message = message }
  /// The message.
  public var description: String { message }
}

/// Reads variables; an empty one counts as not set.
private struct Reader {
  let environment: (String) -> String?

  init(_ environment: @escaping (String) -> String?) { self.environment = environment }

  subscript(name: String) -> String? { environment(name).flatMap { $0.isEmpty ? nil : $0 } }

  func number(_ name: String) throws(TracingFault) -> Int? {
    guard let text = self[name] else { return nil }
    guard let number = Int(text), (1...1_000_000_000).contains(number) else {
      throw TracingFault("\(name) has to be a whole number from 1, found '\(text)'")
    }
    return number
  }

  /// These variables count milliseconds.
  func duration(_ name: String) throws(TracingFault) -> Duration? { try number(name).map { .milliseconds($0) } }

  func sampler() throws(TracingFault) -> Tracer.Sampler {
    guard let name = self["OTEL_TRACES_SAMPLER"] else { return Tracer.Sampler() }
    let obeysParent = name.hasPrefix("parentbased_")
    switch obeysParent ? String(name.dropFirst(12)) : name {
    case "always_on": return Tracer.Sampler(share: 1, obeysParent: obeysParent)
    case "always_off": return Tracer.Sampler(share: 0, obeysParent: obeysParent)
    case "traceidratio":
      let text = self["OTEL_TRACES_SAMPLER_ARG"] ?? "1"
      guard let share = Double(text), (0...1).contains(share) else {
        throw TracingFault("OTEL_TRACES_SAMPLER_ARG has to be a number from 0 to 1, found '\(text)'")
      }
      return Tracer.Sampler(share: share, obeysParent: obeysParent)
    default:
      throw TracingFault(
        "OTEL_TRACES_SAMPLER has to be always_on, always_off or traceidratio, or one of them after parentbased_, found '\(name)'"
      )
    }
  }

  /// `name=value` pairs separated by commas, percent-encoded.
  static func pairs(_ text: String?) -> [(String, String)] {
    (text ?? "").split(separator: ",").compactMap { pair in
      let parts = pair.split(separator: "=", maxSplits: 1).map { decoded($0) }
      return parts.count == 2 && !parts[0].isEmpty ? (parts[0], parts[1]) : nil
    }
  }

  private static func decoded(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while rest.first == 0x20 { rest.removeFirst() }
    while rest.last == 0x20 { rest.removeLast() }
    while let byte = rest.popFirst() {
      let digits = String(decoding: rest.prefix(2), as: UTF8.self)
      if byte == UInt8(ascii: "%"), digits.utf8.count == 2, let decoded = UInt8(digits, radix: 16) {
        bytes.append(decoded)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
