// SPDX-License-Identifier: Apache-2.0

/// What a server says it wants to see before it lets a request in: one challenge of `WWW-Authenticate`.
///
/// Spec: RFC 9110, section 11.6.1; RFC 6750, section 3; RFC 9728, section 5.1.
public struct AuthenticationChallenge: Sendable, Hashable {
  /// The scheme as it was sent, `Bearer` for instance.
  public let scheme: String
  /// The parameters by their names in lower case; the first of several with one name.
  public let parameters: [String: String]
  /// What some schemes have in place of parameters.
  public let token68: String?

  /// Whether it is about bearer tokens.
  public var isBearer: Bool { scheme.lowercased() == "bearer" }
  /// Where the metadata of the protected resource are.
  public var resourceMetadata: String? { parameters["resource_metadata"] }
  /// What went wrong with the token that was sent, `insufficient_scope` for instance.
  public var error: String? { parameters["error"] }
  /// The scopes a token needs for what was asked; nil when it does not say.
  public var scopes: [String]? {
    parameters["scope"].map { $0.split(separator: " ").map(String.init) }.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The challenges in the values of all `WWW-Authenticate` fields of a response. What is malformed ends a value; what
  /// came before it counts. At most 16 challenges of at most 32 parameters are read, from at most 16 KiB.
  public static func parse(_ values: [String]) -> [AuthenticationChallenge] {
    var room = 16 << 10
    var found: [AuthenticationChallenge] = []
    for value in values {
      guard value.utf8.count <= room, found.count < 16 else { break }
      room -= value.utf8.count
      var reader = ChallengeReader(Array(value.utf8))
      while found.count < 16, let challenge = reader.next() { found.append(challenge) }
    }
    return found
  }
}

/// Reads challenges from one field value.
private struct ChallengeReader {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The next challenge; nil at the end and at what is none.
  mutating func next() -> AuthenticationChallenge? {
    skip { $0 == UInt8(ascii: ",") || Self.isBlank($0) }
    guard let scheme = token() else { return nil }
    guard position == bytes.count || Self.isBlank(bytes[position]) || bytes[position] == UInt8(ascii: ",") else {
      return nil
    }
    skip(Self.isBlank)
    var parameters: [String: String] = [:]
    guard let first = parameter() else {
      return AuthenticationChallenge(scheme: scheme, parameters: [:], token68: token68())
    }
    parameters[first.name] = first.value
    var count = 1
    while count < 32 {
      // A comma ends a parameter or the challenge: what follows it tells.
      let before = position
      skip { $0 == UInt8(ascii: ",") || Self.isBlank($0) }
      guard position < bytes.count, let next = parameter() else {
        position = before
        break
      }
      if parameters[next.name] == nil { parameters[next.name] = next.value }
      count += 1
    }
    return AuthenticationChallenge(scheme: scheme, parameters: parameters, token68: nil)
  }

  /// `name = value`, the value a token or quoted; leaves the position where it was when there is none.
  private mutating func parameter() -> (name: String, value: String)? {
    let start = position
    if let name = token() {
      skip(Self.isBlank)
      if take(UInt8(ascii: "=")) {
        skip(Self.isBlank)
        if let value = quoted() ?? token() {
          let end = position
          skip(Self.isBlank)
          if position == bytes.count || bytes[position] == UInt8(ascii: ",") { return (name.lowercased(), value) }
          position = end
        }
      }
    }
    position = start
    return nil
  }

  private mutating func token68() -> String? {
    let start = position
    skip { Self.isAlphanumeric($0) || "-._~+/".utf8.contains($0) }
    guard position > start else { return nil }
    skip { $0 == UInt8(ascii: "=") }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    skip(Self.isBlank)
    if position == bytes.count || bytes[position] == UInt8(ascii: ",") { return text }
    position = start
    return nil
  }

  private mutating func token() -> String? {
    let start = position
    skip { Self.isAlphanumeric($0) || "!#$%&'*+-.^_`|~".utf8.contains($0) }
    return position > start ? String(decoding: bytes[start..<position], as: UTF8.self) : nil
  }

  private mutating func quoted() -> String? {
    let start = position
    guard take(UInt8(ascii: "\"")) else { return nil }
    var text: [UInt8] = []
    while position < bytes.count {
      var byte = bytes[position]
      position += 1
      if byte == UInt8(ascii: "\"") { return String(validating: text, as: UTF8.self) }
      if byte == UInt8(ascii: "\\"), position < bytes.count {
        byte = bytes[position]
        position += 1
      }
      guard byte == 0x09 || byte >= 0x20 && byte != 0x7F else { break }
      text.append(byte)
    }
    position = start
    return nil
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  private mutating func skip(_ belongs: (UInt8) -> Bool) {
    while position < bytes.count, belongs(bytes[position]) { position += 1 }
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }
}
