// SPDX-License-Identifier: Apache-2.0
import MCPServeKit

/// What the keys are called under which servers share tasks. What all have in common carries one tag where Redis is a cluster.
struct TaskKeys: Sendable {
  private let prefix: String
  private let index: String

  init(prefix: String, isTagged: Bool) {
    self.prefix = prefix
    index = isTagged ? "\(prefix):{tasks}" : "\(prefix):index:tasks"
  }

  /// A task.
  func task(_ id: String) -> String { "\(prefix):tasks:\(id)" }
  /// The ids of all, with when they are over.
  var ends: String { index }
  /// The room they take.
  var room: String { "\(index):room" }
  /// The same of one owner, who may be called anything.
  func ends(of owner: TaskOwner) -> String { "\(index):owner:\(name(owner)):ends" }
  /// The numbers of an owner's tasks.
  func order(of owner: TaskOwner) -> String { "\(index):owner:\(name(owner)):order" }
  /// Where it is said that a task has changed.
  var channel: String { "\(prefix):tasks" }

  private func name(_ owner: TaskOwner) -> String {
    sha1(Array("\(owner.principal.map { "p\($0)" } ?? "-")\n\(owner.session.map { "s\($0)" } ?? "-")".utf8))
  }
}
