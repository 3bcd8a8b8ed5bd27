// SPDX-License-Identifier: Apache-2.0

extension String {
  /// Whether this may stand in a list of scopes (RFC 6749 section 3.3): printable ASCII without spaces, quotes and backslashes.
  var isScope: Bool {
    !utf8.isEmpty && utf8.allSatisfy { $0 == 0x21 || (0x23...0x5B).contains($0) || (0x5D...0x7E).contains($0) }
  }
}

/// Which scopes are part of others, such as `read` of `write`.
struct ScopeHierarchy: Sendable {
  private let implied: [String: Set<String>]

  /// - Parameter direct: for each scope those it implies; what these imply in turn counts too.
  init(_ direct: [String: [String]]) {
    implied = Dictionary(
      uniqueKeysWithValues: direct.keys.map { scope in
        var found: Set<String> = []
        var open = [scope]
        while let next = open.popLast() { if found.insert(next).inserted { open += direct[next] ?? [] } }
        return (scope, found)
      })
  }

  /// The scopes, with everything they imply.
  func everything(in scopes: Set<String>) -> Set<String> {
    guard !implied.isEmpty else { return scopes }
    return scopes.reduce(into: scopes) { all, scope in all.formUnion(implied[scope] ?? []) }
  }
}
