// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore

/// The headers that repeat what the body says, for those between client and server who do not read bodies.
///
/// Spec: 2026-07-28, basic/transports/streamable-http, "Request Metadata": any that is missing or differs is refused.
struct StandardHeaders: Sendable {
  static let version = "mcp-protocol-version"
  static let session = "mcp-session-id"

  /// A header as it was sent, and what it says: nothing when it is missing, sent twice, or broken.
  private struct Field {
    let name: String
    let count: Int
    let value: String?
    let meaning: String?

    init(_ name: String, _ headers: HTTPHeaders, decode: (String) -> String? = { $0 }) {
      self.name = name
      count = headers.count(of: name)
      value = headers[name]
      meaning = count == 1 ? value.flatMap(decode) : nil
    }

    @inline(__always)
    func check(_ expected: String) throws(RPCError) {
      if meaning?.hasBytes(of: expected) != true { throw mismatch(expected) }
    }

    private func mismatch(_ expected: String) -> RPCError {
      let fault =
        switch (count, value, meaning) {
        case (0, _, _): "is missing: it repeats what the body says, '\(expected)'"
        case (2..., _, _): "is there \(count) times: send it once"
        case (_, let value?, nil): "says '\(value)', which is not what =?base64?…?= allows"
        case (_, let value, _): "says '\(value ?? "")', the body '\(expected)'"
        }
      return RPCError(.headerMismatch, "the header \(name) \(fault)")
    }
  }

  private let revision: Field
  private let method: Field
  private let name: Field

  init(_ headers: HTTPHeaders) {
    revision = Field("MCP-Protocol-Version", headers)
    method = Field("Mcp-Method", headers)
    name = Field("Mcp-Name", headers, decode: Self.decode)
  }

  /// Checks a request of the modern era.
  /// - Throws: `RPCError` `.headerMismatch` naming the header.
  func check(against request: Request, _ revision: Revision) throws(RPCError) {
    try self.revision.check(revision.rawValue)
    try method.check(request.method.rawValue)
    guard let member = request.method.namingMember, case .string(let name)? = request.params[member] else { return }
    try self.name.check(name)
  }

  /// Undoes `=?base64?…?=`, which carries what a header cannot; nil when it is broken.
  static func decode(_ value: String) -> String? {
    guard value.hasPrefix("=?base64?"), value.hasSuffix("?="), value.utf8.count >= 11 else { return value }
    return Base64.decode(value.dropFirst(9).dropLast(2)).flatMap { String(validating: $0, as: UTF8.self) }
  }
}

extension Method {
  /// The parameter `Mcp-Name` repeats.
  fileprivate var namingMember: String? {
    switch self {
    case .toolsCall, .promptsGet: "name"
    case .resourcesRead: "uri"
    case .tasksGet, .tasksUpdate, .tasksCancel: "taskId"
    default: nil
    }
  }
}

/// Base64 as RFC 4648 section 4 has it, padding required.
enum Base64 {
  static func decode(_ text: some StringProtocol) -> [UInt8]? {
    let units = Array(text.utf8)
    guard units.count % 4 == 0 else { return nil }
    var bytes: [UInt8] = []
    for start in stride(from: 0, to: units.count, by: 4) {
      let group = units[start..<start + 4]
      let isLast = start + 4 == units.count
      let padding = isLast ? group.reversed().prefix { $0 == UInt8(ascii: "=") }.count : 0
      guard padding <= 2 else { return nil }
      var bits: UInt32 = 0
      for unit in group.dropLast(padding) {
        guard let value = value(of: unit) else { return nil }
        bits = bits << 6 | value
      }
      bits <<= UInt32(6 * padding)
      // Bits that padding cuts off have to be zero: every text has one spelling.
      guard padding == 0 || bits & (padding == 1 ? 0xFF : 0xFFFF) == 0 else { return nil }
      bytes += [UInt8(bits >> 16 & 0xFF), UInt8(bits >> 8 & 0xFF), UInt8(bits & 0xFF)].dropLast(padding)
    }
    return bytes
  }

  private static func value(of unit: UInt8) -> UInt32? {
    switch unit {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(unit) - 65
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(unit) - 71
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(unit) + 4
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
