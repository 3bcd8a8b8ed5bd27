// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPClientKit
import Synchronization

/// The directories a REPL offers its servers as roots; they may change while it goes on.
final class OfferedRoots: Responder {
  /// How many there may be.
  static let limit = 100

  let skills: Skills = [.roots, .changingRoots]
  /// Nil until it is known which there are at first.
  private let list = Mutex<[String]?>(nil)

  /// Absolute paths, in the order they were offered.
  var directories: [String] { list.withLock { $0 ?? [] } }

  /// Offers what the options of the program say; later connections change nothing any more.
  func begin(with directories: [String]) { list.withLock { $0 = $0 ?? directories } }

  /// Offers another.
  /// - Returns: whether it was not offered already.
  func add(_ directory: String) throws(UsageError) -> Bool {
    try list.withLock { list throws(UsageError) in
      let earlier = list ?? []
      guard !earlier.contains(directory) else { return false }
      guard earlier.count < Self.limit else {
        throw UsageError("\(Self.limit) roots are offered, which is the limit; \\roots rm DIR takes one back")
      }
      list = earlier + [directory]
      return true
    }
  }

  /// Offers one less.
  /// - Returns: whether it was offered.
  func remove(_ directory: String) -> Bool {
    list.withLock { list in
      let count = list?.count ?? 0
      list?.removeAll { $0 == directory }
      return (list?.count ?? 0) < count
    }
  }

  func answer(_ question: ServerQuestion) async throws -> JSONObject {
    try await RootsResponder(directories: directories).answer(question)
  }
}
