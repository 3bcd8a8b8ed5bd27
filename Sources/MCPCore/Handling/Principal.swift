// SPDX-License-Identifier: Apache-2.0

/// Who asks, and what that allows.
public final class Principal: Sendable, CustomStringConvertible {
  /// What tells it from all others: `key:NAME`, or an issuer and a subject.
  public let name: String
  /// What it was granted, and what that implies.
  public let scopes: Set<String>
  /// Whether it needs no scopes.
  private let isUnrestricted: Bool

  /// Makes a principal that has `scopes`.
  public init(_ name: String, scopes: Set<String> = []) {
    self.name = name
    self.scopes = scopes
    isUnrestricted = false
  }

  private init(unrestricted name: String) {
    self.name = name
    scopes = []
    isUnrestricted = true
  }

  /// Whoever started the server and talks to it through a pipe or in the same process. It could do by itself whatever the
  /// server does, so no scope is asked of it.
  public static let local = Principal(unrestricted: "local")

  /// Whether it has all of `needed`.
  public func has(_ needed: [String]) -> Bool { isUnrestricted || needed.allSatisfy(scopes.contains) }

  /// The name.
  public var description: String { name }
}

extension Principal {
  /// The same with other scopes; one that needs none stays so.
  package func with(scopes: Set<String>) -> Principal {
    isUnrestricted || scopes == self.scopes ? self : Principal(name, scopes: scopes)
  }
}
