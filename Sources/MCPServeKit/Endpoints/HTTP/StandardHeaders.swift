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
    return Base64.standard.bytes(value.dropFirst(9).dropLast(2)).flatMap { String(validating: $0, as: UTF8.self) }
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
