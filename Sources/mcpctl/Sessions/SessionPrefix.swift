// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPRedis

/// The beginning of a session's id, in place of the whole.
enum SessionPrefix {
  /// The shortest that is looked for.
  static let least = 4
  /// How many ids are looked through: they come in pages, and are not read.
  static let limit = 200_000

  /// The one id of `ids` that begins with `word`.
  /// - Parameters:
  ///   - isCut: whether there may be more ids than these.
  ///   - failure: what is thrown when there is none.
  static func only(
    _ ids: [String], for word: String, isCut: Bool = false, orThrow failure: Failure
  ) throws(Failure) -> String {
    if ids.count == 1, !isCut { return ids[0] }
    if ids.count > 1 {
      throw Failure(
        .notFound, "ambiguous", "\(safeText(word)) begins the ids of several sessions",
        hint: "give more of it", details: ids.prefix(5).map(safeText) + (ids.count > 5 ? ["…"] : []))
    }
    var failure = failure
    if isCut { failure.hint = "there are too many to look for the beginning of an id: give the whole of it" }
    throw failure
  }
}

extension StoreInspector {
  /// The session of that id, or the only one whose id begins so.
  /// - Throws: `Failure` when there is none, or more than one.
  func meant(by word: String) async throws -> SessionRow {
    let unknown: Failure
    do {
      return try await required(word)
    } catch let failure as Failure where failure.code == "no_session" {
      guard word.count >= SessionPrefix.least else { throw failure }
      unknown = failure
    }
    var walk = SessionWalk(self, pageSize: 1_000)
    var found: [String] = []
    var count = 0
    while count < SessionPrefix.limit, let names = try await walk.nextNames() {
      count += names.count
      found += names.filter { $0.hasPrefix(word) }
    }
    return try await required(
      SessionPrefix.only(found, for: word, isCut: count >= SessionPrefix.limit, orThrow: unknown))
  }
}

extension ServerMemory {
  /// The session of that id, or the only one whose id begins so, with all that is known of it.
  func meant(by word: String) async throws(Failure) -> (row: SessionRow, details: JSONObject) {
    let unknown: Failure
    do throws(Failure) {
      return try await required(word)
    } catch {
      guard error.code == "no_session", word.count >= SessionPrefix.least else { throw error }
      unknown = error
    }
    let ids = try await rows(Selector([])).map(\.record.id).filter { $0.hasPrefix(word) }
    return try await required(SessionPrefix.only(ids, for: word, orThrow: unknown))
  }
}
