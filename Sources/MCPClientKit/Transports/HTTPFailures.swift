// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore

extension ClientError {
  /// What an input or output error means for a client.
  init(_ error: IOError) {
    let code: Code =
      switch error.code {
      case .resolve, .connect, .tls, .unavailable, .spawn: .unreachable
      case .timeout: .timeout
      case .cancelled: .cancelled
      case .closed: .closed
      case .malformed, .tooLarge: .invalidResponse
      case .invalid: .invalidTarget
      default: .disconnected
      }
    self.init(code, error.message)
    isUnsent = code == .unreachable
  }

  /// What an HTTP status that is no answer means, given the body that came with it.
  init(status: HTTPStatus, headers: HTTPHeaders, body: [UInt8], from name: String) {
    let rpcError = Self.rpcError(in: body)
    let reason = rpcError.map { ": \($0.message)" } ?? Self.snippet(of: body, headers).map { ": \($0)" } ?? ""
    switch status.rawValue {
    case 401:
      let challenge = headers["WWW-Authenticate"].map { " (\($0.prefix(200)))" } ?? ""
      self.init(.unauthorized, "\(name) wants authentication\(reason)\(challenge); send credentials in a header")
    case 403: self.init(.unauthorized, "\(name) refuses access (HTTP 403)\(reason)")
    default:
      if let rpcError {
        self = .rpc(rpcError, from: name)
      } else {
        self.init(.httpStatus, "\(name) answered with HTTP \(status)\(reason)")
      }
    }
    self.rpcError = rpcError
    httpStatus = status.rawValue
  }

  private static func rpcError(in body: [UInt8]) -> RPCError? {
    guard let error = (try? JSON(parsing: body))?["error"] else { return nil }
    return try? RPCError(json: error)
  }

  /// The first line of a short text body, for people.
  private static func snippet(of body: [UInt8], _ headers: HTTPHeaders) -> String? {
    let type = headers["Content-Type"]?.lowercased() ?? ""
    guard type.hasPrefix("text/plain") || type.hasPrefix("application/json") else { return nil }
    let line = String(decoding: body.prefix(200), as: UTF8.self).split(whereSeparator: \.isNewline).first
    return line.map { String($0.filter { character in character.unicodeScalars.allSatisfy { $0.value >= 0x20 } }) }
  }
}
