// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import MCPRedis
import MCPServeKit

/// Which sessions are meant: `idle>1h,node=n1` are those of n1 that have not been used for an hour.
struct Selector: ArgumentValue, Sendable {
  /// All of them hold.
  let terms: [Term]
  /// As it was typed.
  let shown: String?

  init(argument word: String) throws(ValueFault) {
    var terms: [Term] = []
    for part in word.split(separator: ",", omittingEmptySubsequences: false) { terms.append(try Term(String(part))) }
    (self.terms, shown) = (terms, word)
  }

  init(_ terms: [Term]) { (self.terms, shown) = (terms, nil) }

  func holds(for row: SessionRow) -> Bool { terms.allSatisfy { $0.holds(for: row) } }

  /// One condition.
  struct Term: Sendable {
    enum Text: String, CaseIterable, Sendable { case id, client, version, user, node, era, state, transport, service }
    enum Time: String, CaseIterable, Sendable { case idle, age, ttl }
    enum Comparison: String, CaseIterable, Sendable {
      // The longer ones first: `>=` begins with `>`.
      case atLeast = ">=", atMost = "<=", unequal = "!=", equal = "=", more = ">", less = "<"
    }

    enum Condition: Sendable {
      /// Equal, with `*` and `?` for anything.
      case text(Text, isEqual: Bool, String)
      /// In milliseconds.
      case time(Time, Comparison, Int)
      case subscriptions(Comparison, Int)
    }

    let condition: Condition

    init(_ condition: Condition) { self.condition = condition }
  }
}

// MARK: - Reading

extension Selector.Term {
  init(_ word: String) throws(ValueFault) {
    guard let (name, comparison, value) = Self.split(word) else {
      throw ValueFault("'\(word)' is no condition; write idle>1h, node=n1 or client!=cursor*")
    }
    if let field = Text(rawValue: name) {
      guard comparison == .equal || comparison == .unequal else {
        throw ValueFault("\(name) is compared with = or !=, not with \(comparison.rawValue)")
      }
      condition = .text(field, isEqual: comparison == .equal, value)
    } else if let field = Time(rawValue: name) {
      guard comparison != .equal, comparison != .unequal else {
        throw ValueFault("\(name) is compared with > or <, such as \(name)>1h")
      }
      condition = .time(field, comparison, Int(try Duration(argument: value) / .milliseconds(1)))
    } else if name == "subs" {
      condition = .subscriptions(comparison, try Int(argument: value))
    } else {
      let names = Text.allCases.map(\.rawValue) + Time.allCases.map(\.rawValue) + ["subs"]
      let near = nearMiss(of: name, in: names).map { "did you mean '\($0)'?" }
      throw ValueFault("sessions have no '\(name)'; \(near ?? "they have \(names.joined(separator: ", "))")")
    }
  }

  private static func split(_ word: String) -> (String, Comparison, String)? {
    guard let start = word.firstIndex(where: { "<>=!".contains($0) }) else { return nil }
    guard let comparison = Comparison.allCases.first(where: { word[start...].hasPrefix($0.rawValue) }) else {
      return nil
    }
    var value = word[start...].dropFirst(comparison.rawValue.count)
    // `==` is what programmers write.
    if comparison == .equal, value.first == "=" { value.removeFirst() }
    let (name, text) = (String(word[..<start]).trimmed, String(value).trimmed)
    return name.isEmpty || text.isEmpty ? nil : (name, comparison, text)
  }
}

// MARK: - Holding

extension Selector.Term {
  func holds(for row: SessionRow) -> Bool {
    switch condition {
    case .text(let field, let isEqual, let pattern):
      return texts(field, row).contains { Glob.matches(pattern, $0) } == isEqual
    case .time(let field, let comparison, let limit):
      let value: Int? =
        switch field {
        case .idle: row.idle
        case .age: row.age
        case .ttl: row.ttl
        }
      return value.map { comparison.holds($0, limit) } ?? false
    case .subscriptions(let comparison, let limit): return comparison.holds(row.record.subscriptions.count, limit)
    }
  }

  /// What a field may be called.
  private func texts(_ field: Text, _ row: SessionRow) -> [String] {
    let record = row.record
    return switch field {
    case .id: [record.id]
    case .client: [record.clientName ?? "", row.client]
    case .version: [record.clientVersion ?? ""]
    case .user: [record.principal ?? ""]
    case .node: [record.node ?? ""]
    // Sessions are of the legacy era, all of them.
    case .era: ["legacy", record.revision ?? ""]
    case .state: [record.state ?? ""]
    case .transport: [record.transport ?? ""]
    case .service: [record.service ?? ""]
    }
  }
}

extension Selector.Term.Comparison {
  fileprivate func holds(_ value: Int, _ limit: Int) -> Bool {
    switch self {
    case .atLeast: value >= limit
    case .atMost: value <= limit
    case .unequal: value != limit
    case .equal: value == limit
    case .more: value > limit
    case .less: value < limit
    }
  }
}
