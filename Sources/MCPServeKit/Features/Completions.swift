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

  /// Suggests those of `values` that start with what was typed, whatever its case.
  public static func among(_ values: [String]) -> Completions {
    Completions { query in
      let typed = query.value.lowercased()
      return values.filter { $0.lowercased().hasPrefix(typed) }
    }
  }
}
