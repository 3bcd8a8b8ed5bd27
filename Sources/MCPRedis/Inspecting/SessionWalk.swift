// SPDX-License-Identifier: Apache-2.0

/// All sessions, page by page, the newest first. A session that is there all along comes exactly once, whatever happens
/// meanwhile to it and to others.
///
/// It follows the index in its order; then it looks through the index once more for those that moved ahead of it. Where
/// there is no index, it follows the names of the records, in no order.
package struct SessionWalk: Sendable {
  private enum Stage {
    case start, ranked(max: String, seenAtMax: Int), rest(cursor: String), scanned(RedisScan.Iterator), end
  }

  private let inspector: StoreInspector
  private let pageSize: Int
  private let ignoresIndex: Bool
  private var stage = Stage.start
  private var seen: Set<String> = []
  private var reader = SessionRecordReader()
  /// When the page was read, by the clock of Redis.
  package private(set) var now = 0
  /// Whether it follows the index.
  package private(set) var isRanked = false
  /// How many names led to no record of a session.
  package private(set) var foreign = 0

  package init(_ inspector: StoreInspector, pageSize: Int = 500, ignoresIndex: Bool = false) {
    self.inspector = inspector
    self.pageSize = pageSize
    self.ignoresIndex = ignoresIndex
  }

  /// The next page, which may be empty; nil after the last.
  package mutating func next() async throws(RedisError) -> [SessionRecord]? {
    guard let ids = try await nextIDs() else { return nil }
    return try await records(of: ids.filter { seen.insert($0).inserted })
  }

  private mutating func records(of new: [String]) async throws(RedisError) -> [SessionRecord] {
    now = try await inspector.now()
    let answers = try await inspector.ask(
      new.map { SessionRecordReader.command(inspector.layout.session($0)) })
    var page: [SessionRecord] = []
    for (id, answer) in zip(new, answers) {
      switch reader.read(answer, id: id) {
      case .session(let record): if (record.end ?? .max) > now { page.append(record) }
      case .foreign: foreign += 1
      case .grave, .nothing: break
      }
    }
    return page
  }

  /// The names of the next page alone. With an index records are not read, only whether they are there, which leaves no trace on
  /// any server; without, a grave can be told from a session only so.
  package mutating func nextNames() async throws(RedisError) -> [String]? {
    guard let ids = try await nextIDs() else { return nil }
    let new = ids.filter { seen.insert($0).inserted }
    guard isRanked else { return try await records(of: new).map(\.id) }
    let exist = try await inspector.ask(new.map { RedisCommand("EXISTS", .key(inspector.layout.session($0))) })
    return zip(new, exist).filter { $1.int == 1 }.map { $0.0 }
  }

  /// The next names, some of which may have come before.
  private mutating func nextIDs() async throws(RedisError) -> [String]? {
    switch stage {
    case .start:
      let type =
        ignoresIndex ? nil : try await inspector.client.send(RedisCommand("TYPE", .key(inspector.layout.index)))
      isRanked = type?.string == "zset"
      stage =
        isRanked
        ? .ranked(max: "+inf", seenAtMax: 0)
        : .scanned(
          inspector.client.scan(matching: inspector.layout.everySession, count: pageSize).makeAsyncIterator())
      return try await nextIDs()
    case .ranked(let max, let seenAtMax): return try await ranked(max, seenAtMax)
    case .rest(let cursor): return try await rest(cursor)
    case .scanned(var scan):
      guard let keys = try await scan.next() else {
        stage = .end
        return nil
      }
      stage = .scanned(scan)
      return keys.compactMap { if case .session(let id) = inspector.layout.kind(of: $0) { id } else { nil } }
    case .end: return nil
    }
  }

  private mutating func ranked(_ max: String, _ seenAtMax: Int) async throws(RedisError) -> [String] {
    let answer = try await inspector.client.send(
      RedisCommand(
        "ZREVRANGEBYSCORE", .key(inspector.layout.index), .text(max), "-inf", "WITHSCORES", "LIMIT", .int(seenAtMax),
        .int(pageSize)
      ).repeatable)
    guard let words = answer.strings, words.count.isMultiple(of: 2) else { throw Self.malformed("ZREVRANGEBYSCORE") }
    let ids = stride(from: 0, to: words.count, by: 2).map { words[$0] }
    guard ids.count == pageSize, let last = words.last else {
      stage = .rest(cursor: "0")
      return ids
    }
    let same = stride(from: words.count - 1, to: 0, by: -2).prefix { words[$0] == last }.count
    stage = .ranked(max: last, seenAtMax: last == max ? seenAtMax + same : same)
    return ids
  }

  private mutating func rest(_ cursor: String) async throws(RedisError) -> [String] {
    let answer = try await inspector.client.send(
      RedisCommand("ZSCAN", .key(inspector.layout.index), .text(cursor), "COUNT", .int(pageSize * 10)))
    guard let parts = answer.array, parts.count == 2, let next = parts[0].string, let words = parts[1].strings else {
      throw Self.malformed("ZSCAN")
    }
    stage = next == "0" ? .end : .rest(cursor: next)
    return stride(from: 0, to: words.count, by: 2).map { words[$0] }.filter { !seen.contains($0) }
  }

  private static func malformed(_ command: String) -> RedisError {
    RedisError(.malformed, "the answer of Redis to \(command) is no list of names with scores")
  }
}
