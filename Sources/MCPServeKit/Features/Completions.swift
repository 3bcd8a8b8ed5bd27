// SPDX-License-Identifier: Apache-2.0

/// Suggests values for an argument of a prompt or a variable of a resource template.
public struct Completions: Sendable {
  /// What is being typed.
  public struct Query: Sendable, Hashable {
    /// What was typed so far.
    public let value: String
    /// The arguments that are filled in already (2025-06-18).
    public let others: [String: String]

    /// Makes a query.
    public init(value: String, others: [String: String] = [:]) {
      self.value = value
      self.others = others
    }
  }

  let suggest: @Sendable (Query) async throws -> [String]

  /// Suggests what `suggest` answers, best first. Only the first 100 are sent.
  public init(_ suggest: @escaping @Sendable (Query) async throws -> [String]) { self.suggest = suggest }

  /// Suggests those of `values` that start with what was typed, then those that have it elsewhere, then those that have
  /// its letters in that order, each kind in the order given; letters of either case are the same.
  public static func among(_ values: [String]) -> Completions {
    Completions { query in
      let typed = query.value.lowercased()
      var ranked: [[String]] = [[], [], []]
      for value in values {
        if let rank = rank(of: value.lowercased(), for: typed) { ranked[rank].append(value) }
      }
      return ranked.flatMap { $0 }
    }
  }

  /// 0 for the best; nil when the value has nothing of what was typed.
  private static func rank(of value: String, for typed: String) -> Int? {
    if value.hasPrefix(typed) { return 0 }
    if value.contains(typed) { return 1 }
    var rest = typed[...]
    for character in value where character == rest.first { rest = rest.dropFirst() }
    return rest.isEmpty ? 2 : nil
  }
}
