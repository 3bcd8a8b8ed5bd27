// SPDX-License-Identifier: Apache-2.0

/// Why Redis did not do what it was asked to. Names the server and the command; never what was sent with it.
package struct RedisError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of failure. Open: new kinds may be added.
  package struct Code: RawRepresentable, Sendable, Hashable {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }

    /// The URL or the command cannot be used.
    package static let invalid = Code(rawValue: "invalid")
    /// No connection could be made.
    package static let unreachable = Code(rawValue: "unreachable")
    /// The server does not accept who we say we are, or what we may do.
    package static let denied = Code(rawValue: "denied")
    /// The deadline passed.
    package static let timeout = Code(rawValue: "timeout")
    /// The connection ended while the answer was awaited.
    package static let connectionLost = Code(rawValue: "connection_lost")
    /// Too many commands wait.
    package static let overloaded = Code(rawValue: "overloaded")
    /// The waiting task was cancelled.
    package static let cancelled = Code(rawValue: "cancelled")
    /// The client was closed.
    package static let closed = Code(rawValue: "closed")
    /// The server answered with an error.
    package static let server = Code(rawValue: "server")
    /// An answer is not what the command promises, or no Redis protocol at all.
    package static let malformed = Code(rawValue: "malformed")
    /// An answer is larger than the limit.
    package static let tooLarge = Code(rawValue: "too_large")
  }

  package let code: Code
  /// Names the thing and the remedy, in one sentence.
  package let message: String
  /// The first word of the server's error, such as `NOSCRIPT`; nil when it was none.
  package let serverCode: String?
  /// Whether the command may have been carried out nevertheless.
  package let mayHaveRun: Bool

  package init(_ code: Code, _ message: String, serverCode: String? = nil, mayHaveRun: Bool = false) {
    self.code = code
    self.message = message
    self.serverCode = serverCode
    self.mayHaveRun = mayHaveRun
  }

  package var description: String { message }
}

extension RedisError {
  /// What a server said in place of a reply to `command`.
  static func server(_ text: String, to command: RedisCommand, at place: String) -> RedisError {
    let code = String(text.prefix { $0 != " " })
    let what = "Redis at \(place), \(command.name)"
    switch code {
    case _ where command.name == "AUTH" && code != "WRONGPASS":
      return RedisError(
        .denied, "\(what): the login was refused: has the server a password for that user?", serverCode: code)
    case "WRONGPASS":
      return RedisError(.denied, "\(what): the user name or the password is wrong", serverCode: code)
    case "NOAUTH":
      return RedisError(.denied, "\(what): a password is needed, and none was given", serverCode: code)
    case "NOPERM":
      return RedisError(
        .denied,
        "\(what): the user lacks the permission for this command, or for its keys or channels: see ACL GETUSER",
        serverCode: code)
    default:
      return RedisError(.server, "\(what): \(command.censored(text))", serverCode: code)
    }
  }
}
