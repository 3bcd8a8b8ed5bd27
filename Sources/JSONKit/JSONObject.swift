// SPDX-License-Identifier: Apache-2.0

/// A JSON object that keeps the order of its members.
///
/// Made for the small objects of a protocol: looking a name up walks the members, last first, so of two members
/// with one name the later one is meant, while both are written back.
public struct JSONObject: Sendable, Hashable {
  /// One name with its value.
  public struct Member: Sendable, Hashable {
    /// The member's name.
    public var name: String
    /// The member's value.
    public var value: JSON

    /// Makes a member.
    public init(name: String, value: JSON) {
      self.name = name
      self.value = value
    }

    /// Whether both have the same name, by its bytes, and the same value.
    public static func == (left: Member, right: Member) -> Bool {
      left.name.hasBytes(of: right.name) && left.value == right.value
    }
  }

  /// The members in the order written.
  public var members: [Member]

  /// Makes an object of `members`.
  public init(_ members: [Member] = []) { self.members = members }

  /// The value called `name`. Setting replaces it in place or appends it; setting nil removes it.
  public subscript(name: String) -> JSON? {
    get { lastIndex(of: name).map { members[$0].value } }
    set {
      switch (lastIndex(of: name), newValue) {
      case (let index?, let value?): members[index].value = value
      case (_?, nil): members.removeAll { $0.name.hasBytes(of: name) }
      case (nil, let value?): members.append(Member(name: name, value: value))
      case (nil, nil): break
      }
    }
  }

  /// Whether there is a member called `name`.
  public func contains(_ name: String) -> Bool { lastIndex(of: name) != nil }

  private func lastIndex(of name: String) -> Int? {
    let members = members.span
    var index = members.count
    while index > 0 {
      index -= 1
      if members[index].name.hasBytes(of: name) { return index }
    }
    return nil
  }

  /// Whether there are no members.
  public var isEmpty: Bool { members.isEmpty }
  /// How many members there are.
  public var count: Int { members.count }
  /// The names in the order written.
  public var names: [String] { members.map(\.name) }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  /// Makes an object with the members in the order written.
  public init(dictionaryLiteral elements: (String, JSON)...) { self.init(pairs: elements) }

  init(pairs: [(String, JSON)]) {
    members = []
    members.reserveCapacity(pairs.count)
    for (name, value) in pairs { members.append(Member(name: name, value: value)) }
  }
}
