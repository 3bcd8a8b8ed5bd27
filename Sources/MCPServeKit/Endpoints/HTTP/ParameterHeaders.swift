// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore

/// The headers that repeat arguments of one tool, as its input schema says. Made once, when the tool is registered.
///
/// Spec: 2026-07-28, basic/transports/streamable-http, "Custom Headers from Tool Parameters".
struct ParameterHeaders: Sendable {
  private let parameters: [HeaderParameter]

  /// Reads the annotations of an input schema; nil when there are none.
  /// - Throws: `InvalidShape` naming an annotation for which clients would drop the tool.
  init?(_ inputSchema: JSONObject) throws(InvalidShape) {
    parameters = try HeaderParameter.all(in: .object(inputSchema))
    if parameters.isEmpty { return nil }
  }

  /// Checks a call of the modern era: a value in the body needs an equal header, and the other way round.
  /// - Throws: `RPCError` `.headerMismatch` naming the header. The values stay out of it: they may be secret.
  func check(_ headers: HTTPHeaders, against arguments: JSON?) throws(RPCError) {
    for parameter in parameters { try check(headers, parameter, arguments ?? [:]) }
  }

  private func check(_ headers: HTTPHeaders, _ parameter: HeaderParameter, _ arguments: JSON) throws(RPCError) {
    let name = parameter.header
    guard let value = parameter.value(in: arguments) else {
      guard !headers.contains(name) else { throw .header(name, "repeats an argument that is not in the body") }
      return
    }
    // What is no string, number or boolean does not fit the schema, and is refused for that.
    guard let expected = HeaderParameter.text(value) else { return }
    guard let sent = headers[name] else {
      throw .header(name, "is missing: it repeats the argument '\(parameter.path.joined(separator: "."))'")
    }
    guard headers.count(of: name) == 1, let decoded = StandardHeaders.decode(sent) else {
      throw .header(name, "is there twice, or is not what =?base64?…?= allows")
    }
    guard isSame(decoded, expected, value) else { throw .header(name, "differs from the argument in the body") }
  }

  /// Integers are compared as numbers, all else byte for byte.
  private func isSame(_ sent: String, _ expected: String, _ value: JSON) -> Bool {
    if case .number = value, let number = (try? JSON(parsing: sent))?.number {
      if let one = number.int, let other = value.int { return one == other }
    }
    return sent.utf8.elementsEqual(expected.utf8)
  }
}

extension RPCError {
  fileprivate static func header(_ name: String, _ fault: String) -> RPCError {
    RPCError(.headerMismatch, "the header \(name) \(fault)")
  }
}
