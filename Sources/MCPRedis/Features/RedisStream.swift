// SPDX-License-Identifier: Apache-2.0
import EventIO

/// The place of an entry in a stream. Later entries have greater ones.
package struct RedisStreamID: Sendable, Hashable, Comparable, CustomStringConvertible {
  package let milliseconds: UInt64
  package let sequence: UInt64

  package init(milliseconds: UInt64, sequence: UInt64) {
    self.milliseconds = milliseconds
    self.sequence = sequence
  }

  /// Before all entries.
  package static let start = RedisStreamID(milliseconds: 0, sequence: 0)

  /// Reads what `description` writes; nil when it is something else.
  package init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
      let milliseconds = UInt64(parts[0]), let sequence = UInt64(parts[1])
    else { return nil }
    self.init(milliseconds: milliseconds, sequence: sequence)
  }

  package var description: String { "\(milliseconds)-\(sequence)" }

  package static func < (one: RedisStreamID, other: RedisStreamID) -> Bool {
    (one.milliseconds, one.sequence) < (other.milliseconds, other.sequence)
  }
}

/// An entry of a stream.
package struct RedisStreamEntry: Sendable, Hashable {
  package let id: RedisStreamID
  package let fields: [String: [UInt8]]

  /// Nil when a server's answer is none.
  init?(_ value: RedisValue) {
    guard let parts = value.array, parts.count == 2, let id = parts[0].string.flatMap({ RedisStreamID($0) }),
      let fields = parts[1].fields
    else { return nil }
    self.id = id
    self.fields = fields
  }

  /// The entries of an answer, which is nothing where there are none.
  static func list(_ value: RedisValue, of command: String) throws(RedisError) -> [RedisStreamEntry] {
    if value.isNull { return [] }
    let entries = value.array?.map { RedisStreamEntry($0) }
    guard let entries, !entries.contains(nil) else {
      throw RedisError(.malformed, "the answer of Redis to \(command) is no list of entries")
    }
    return entries.compactMap(\.self)
  }
}

extension RedisClient {
  /// Adds an entry to a stream.
  /// - Parameter keeping: about how many entries are kept, the newest; nil keeps all.
  package func add(
    _ fields: [(name: String, value: RedisArgument)], toStream key: String, keeping: Int? = nil
  ) async throws(RedisError) -> RedisStreamID {
    var command = RedisCommand("XADD", .key(key))
    if let keeping { for word in ["MAXLEN", "~", .int(keeping)] as [RedisArgument] { command.append(word) } }
    command.append("*")
    for field in fields {
      command.append(.text(field.name))
      command.append(field.value)
    }
    guard let id = try await send(command).string.flatMap({ RedisStreamID($0) }) else {
      throw RedisError(.malformed, "the answer of Redis to XADD is no id")
    }
    return id
  }

  /// The entries of a stream after one of them, at most so many, in order.
  package func entries(
    ofStream key: String, after id: RedisStreamID = .start, atMost count: Int
  ) async throws(RedisError) -> [RedisStreamEntry] {
    let start = id == .start ? "-" : "(\(id)"
    let answer = try await send(RedisCommand("XRANGE", .key(key), .text(start), "+", "COUNT", .int(count)))
    return try RedisStreamEntry.list(answer, of: "XRANGE")
  }

  /// Removes entries from a stream, the oldest first, until about so many are left; exactly so many costs more.
  /// - Returns: how many were removed.
  @discardableResult
  package func trimStream(_ key: String, keeping count: Int, exactly: Bool = false) async throws(RedisError) -> Int {
    let command = RedisCommand("XTRIM", .key(key), "MAXLEN", exactly ? "=" : "~", .int(count))
    return try await send(command.repeatable).int ?? 0
  }

  /// Something that waits for the entries of a stream, with a connection of its own.
  package func reader(ofStream key: String) -> RedisStreamReader { RedisStreamReader(self, of: key) }
}
