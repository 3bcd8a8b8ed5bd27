// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore

extension HTTPClient {
  /// A client that reaches servers as these options say.
  package convenience init(_ http: ClientOptions.HTTPOptions, connectTimeout: Duration) throws(ClientError) {
    do throws(IOError) {
      try self.init(
        Options(
          certificateAuthorities: http.certificateAuthorities, certificate: http.certificate, key: http.key,
          acceptsAnyCertificate: http.allowsAnyCertificate, resolve: http.resolve, connectTimeout: connectTimeout))
    } catch {
      throw ClientError(error)
    }
  }
}

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
    let challenges = AuthenticationChallenge.parse(headers.values(of: "WWW-Authenticate"))
    switch status.rawValue {
    case 401:
      self.init(.unauthorized, "\(name) wants a token, or another one (HTTP 401)\(Self.said(challenges) ?? reason)")
    case 403: self.init(.unauthorized, "\(name) refuses access (HTTP 403)\(Self.said(challenges) ?? reason)")
    default:
      if let rpcError {
        self = .rpc(rpcError, from: name)
      } else {
        self.init(.httpStatus, "\(name) answered with HTTP \(status)\(reason)")
      }
    }
    self.rpcError = rpcError
    self.challenges = challenges
    httpStatus = status.rawValue
  }

  /// What a challenge says went wrong, for people.
  private static func said(_ challenges: [AuthenticationChallenge]) -> String? {
    guard let challenge = challenges.first(where: { $0.error != nil }) else { return nil }
    let words = [challenge.error, challenge.parameters["error_description"]].compactMap(\.self).map(plain)
    let scopes = challenge.scopes.map { "; it wants the scopes \(plain($0.joined(separator: " ")))" } ?? ""
    return ": \(words.joined(separator: ": "))\(scopes)"
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
