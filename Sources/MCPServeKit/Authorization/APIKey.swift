// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore

/// A key that names a caller, held as its SHA-256 only: whoever reads it here cannot use it.
///
/// Keys are random and long, so a plain digest is as good as a slow one.
public struct APIKey: Sendable, Hashable, CustomStringConvertible {
  /// Whose key it is, for logs and rules: 1 to 64 letters, digits, and `-`, `_`, `.` or `@`.
  public let name: String
  /// What it grants.
  public let scopes: Set<String>
  let digest: [UInt8]

  private init(name: String, scopes: Set<String>, digest: [UInt8]) {
    (self.name, self.scopes, self.digest) = (name, scopes, digest)
  }

  /// Takes the key of a caller, of at least 16 bytes.
  /// - Throws: `AuthorizationError` when the name, the secret or a scope cannot be one.
  public init(name: String, secret: String, scopes: Set<String> = []) throws(AuthorizationError) {
    guard secret.utf8.count >= Self.shortest else {
      throw AuthorizationError("the key '\(name)' has less than \(Self.shortest) bytes, so it can be guessed")
    }
    try self.init(name: name, digest: try Self.digest(of: secret), scopes: scopes)
  }

  /// Makes a key nobody can guess. The secret is nowhere else.
  public static func random(
    name: String, scopes: Set<String> = []
  ) throws(AuthorizationError) -> (key: APIKey, secret: String) {
    let secret = "mcpk_" + Base64.url.text(StateKeys.Key.random().bytes)
    return (try APIKey(name: name, secret: secret, scopes: scopes), secret)
  }

  /// Reads a line such as `ci sha256:9f86d0… tools:read tools:write`: the name, the digest of the key, its scopes.
  /// - Throws: `AuthorizationError` saying what is wrong with it.
  public init(line: String) throws(AuthorizationError) {
    let words = line.split { $0 == " " || $0 == "\t" || $0 == "\r" }.map(String.init)
    guard words.count >= 2 else { throw AuthorizationError("a key is a line 'NAME sha256:HEX SCOPE…'") }
    guard words[1].hasPrefix("sha256:"), let digest = Self.bytes(hexadecimal: words[1].utf8.dropFirst(7)) else {
      throw AuthorizationError(
        "the key '\(words[0])' needs sha256: and 64 hexadecimal digits; never write the key itself")
    }
    try self.init(name: words[0], digest: digest, scopes: Set(words[2...]))
  }

  private init(name: String, digest: [UInt8], scopes: Set<String>) throws(AuthorizationError) {
    guard (1...64).contains(name.utf8.count), name.utf8.allSatisfy(Self.isInName) else {
      throw AuthorizationError("'\(name)' is no name of a key: use 1 to 64 letters, digits, and '-', '_', '.' or '@'")
    }
    if let scope = scopes.first(where: { !$0.isScope }) {
      throw AuthorizationError("the key '\(name)' has the scope '\(scope)', which is none")
    }
    self.init(name: name, scopes: scopes, digest: digest)
  }

  /// The line `init(line:)` reads.
  public var line: String { ([name, description] + scopes.sorted()).joined(separator: " ") }

  /// The digest, as `sha256:…`.
  public var description: String {
    "sha256:" + digest.hexadecimal
  }

  /// What the requests of its holder are known by.
  var principal: String { "key:\(name)" }
}

extension APIKey {
  /// The most keys in a file, and its size in bytes.
  static let mostKeys = 10_000
  private static let fileLimit = 4 << 20
  static let shortest = 16

  /// The keys in a file: one a line, as `init(line:)` reads them. Empty lines, and those that begin with `#`, are left out.
  /// Blocks while the file is read.
  /// - Throws: `AuthorizationError` naming the file and the line.
  public static func keys(inFile path: String) throws(AuthorizationError) -> [APIKey] {
    let bytes: [UInt8]
    do throws(IOError) { bytes = try contents(ofFile: path, limit: fileLimit) } catch {
      throw AuthorizationError("the keys in \(error.message)")
    }
    var keys: [APIKey] = []
    for (index, line) in String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
      .enumerated()
    {
      let text = line.drop { $0 == " " || $0 == "\t" || $0 == "\r" }
      if text.isEmpty || text.hasPrefix("#") { continue }
      do throws(AuthorizationError) { keys.append(try APIKey(line: String(text))) } catch {
        throw AuthorizationError("\(path):\(index + 1): \(error.message)")
      }
    }
    return keys
  }

  static func digest(of secret: String) throws(AuthorizationError) -> [UInt8] {
    do throws(IOError) { return try EventIO.digest(of: Array(secret.utf8)) } catch {
      throw AuthorizationError(error.message)
    }
  }

  private static func isInName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
      UInt8(ascii: "@"):
      true
    default: false
    }
  }

  private static func bytes(hexadecimal digits: some Collection<UInt8>) -> [UInt8]? {
    guard digits.count == 64 else { return nil }
    var bytes: [UInt8] = []
    var high: UInt8?
    for digit in digits {
      guard let value = Character(UnicodeScalar(digit)).hexDigitValue.map(UInt8.init) else { return nil }
      if let first = high {
        bytes.append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    return bytes
  }
}

extension [UInt8] {
  /// Two digits for each byte.
  var hexadecimal: String { map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined() }
}

/// Accepts API keys.
struct KeyAuthenticator: Authenticator {
  let keys: [APIKey]

  func verdictAtHand(on credentials: Credentials) -> Verdict? {
    guard let digest = try? APIKey.digest(of: credentials.secret) else {
      return .unavailable("libcrypto, which keys are compared with, cannot be loaded")
    }
    // Every key is looked at, whichever it is.
    var found: APIKey?
    for key in keys where isSameSecret(key.digest, digest) { found = key }
    guard let found else { return .refused("the key is not known here") }
    return .accepted(Principal(found.principal, scopes: found.scopes), for: .seconds(3600))
  }

  func verdict(on credentials: Credentials) async -> Verdict {
    verdictAtHand(on: credentials) ?? .refused("the key is not known here")
  }
}
