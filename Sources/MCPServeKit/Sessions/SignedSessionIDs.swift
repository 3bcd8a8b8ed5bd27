// SPDX-License-Identifier: Apache-2.0
package import EventIO
import JSONKit
package import Observability

/// Session ids that say which server made them and when, and cannot be made up: `v1.NODE.RANDOM.ISSUED.CODE`.
///
/// Such an id finds a session, and lets a server tell garbage from a session it cannot look up at the moment. It proves nothing
/// about who asks. The first key signs, all verify.
package struct SignedSessionIDs: Sendable {
  private let node: String
  private let keys: [[UInt8]]

  /// - Parameters:
  ///   - node: letters, digits and `-`.
  ///   - keys: at least one.
  package init(node: String, keys: [[UInt8]]) {
    self.node = node
    self.keys = keys
  }

  /// Makes an id nobody can guess.
  /// - Throws: `IOError` `.unavailable` without libcrypto.
  package func make(at time: Timestamp = .now) throws(IOError) -> Session.ID {
    var generator = SystemRandomNumberGenerator()
    let random = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    // 48 bits of milliseconds, and eight for what may be told apart later.
    let issued = (0..<6).reversed().map { UInt8(truncatingIfNeeded: time.milliseconds >> ($0 * 8)) } + [0]
    let text = "v1.\(node).\(Base64.url.text(random)).\(Base64.url.text(issued))"
    guard let key = keys.first else { throw IOError(.invalid, "session ids need a key") }
    return Session.ID(rawValue: "\(text).\(try Self.code(of: text, key))")
  }

  /// Whether one of the servers made the id.
  package func isGenuine(_ id: Session.ID) -> Bool {
    guard id.rawValue.utf8.count <= 160, id.node != nil, let dot = id.rawValue.lastIndex(of: ".") else { return false }
    let text = String(id.rawValue[..<dot])
    let code = Array(id.rawValue[id.rawValue.index(after: dot)...].utf8)
    return keys.contains { key in
      guard let right = try? Self.code(of: text, key) else { return false }
      return isSameSecret(code, Array(right.utf8))
    }
  }

  private static func code(of text: String, _ key: [UInt8]) throws(IOError) -> String {
    Base64.url.text(Array(try authenticationCode(of: Array(text.utf8), key: key).prefix(16)))
  }
}

extension Session.ID {
  /// The server a signed id names; nil for other ids. Whether it is genuine is another question.
  package var node: String? {
    let parts = rawValue.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 5, parts[0] == "v1", !parts[1].isEmpty else { return nil }
    return String(parts[1])
  }
}
