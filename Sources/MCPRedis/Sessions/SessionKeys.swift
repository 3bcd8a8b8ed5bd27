// SPDX-License-Identifier: Apache-2.0
import MCPServeKit

/// What the keys are called under which servers share sessions.
struct SessionKeys: Sendable {
  let prefix: String
  /// In a cluster what belongs together carries a tag, so that one server has it.
  let isTagged: Bool

  /// The record of a session.
  func session(_ id: Session.ID) -> String { "\(prefix):sessions:\(tag(id.rawValue))" }

  /// The ids of all sessions with when they are over. Not below `sessions:`, so that counting those counts sessions.
  var index: String { isTagged ? "\(prefix):{index}:sessions" : "\(prefix):index:sessions" }

  /// The same of one principal, who may be called anything.
  func index(ofOwner principal: String) -> String {
    let name = sha1(Array(principal.utf8))
    return isTagged ? "\(prefix):{index}:owner:\(name)" : "\(prefix):index:owner:\(name)"
  }

  /// What all records of sessions are like, for SCAN.
  var pattern: String { "\(prefix.escaped):sessions:*" }

  /// The id of a session as keys have it.
  func tag(_ id: String) -> String { isTagged ? "{\(id)}" : id }
}

extension String {
  /// The text in a pattern that stands for itself.
  var escaped: String {
    reduce(into: "") { text, character in
      if "*?[]\\^".contains(character) { text.append("\\") }
      text.append(character)
    }
  }
}
