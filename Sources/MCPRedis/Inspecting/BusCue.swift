// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPServeKit

/// What is published on `mcp:bus`: a JSON object whose `kind` says what has happened. Cues may be lost; the truth is in the keys.
package enum BusCue {
  /// Somebody ended a session: forget what you know of it, and end its streams.
  package static func sessionEnded(_ id: String) -> String {
    (ClusterMessage.ended(Session.ID(rawValue: id)).json.map(JSON.object) ?? [:]).text
  }
}

/// What stands in a node's inbox, in the field `m`: a JSON object whose `kind` says what is wanted.
package enum InboxLetter {
  /// Take no more sessions, finish what is in flight, and end: what SIGTERM does.
  static let drain = "drain"
  /// The fields of a letter of that kind.
  static func fields(_ kind: String) -> [(name: String, value: RedisArgument)] {
    [("m", .text(JSON.object(["kind": .string(kind)]).text))]
  }
  /// About how many letters an inbox keeps, and for how long.
  package static let kept = 10_000
  package static let lifetime = 3_600_000
}
