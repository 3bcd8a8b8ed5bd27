// SPDX-License-Identifier: Apache-2.0
import JSONKit

/// What is published on `mcp:bus`: a JSON object whose `kind` says what has happened. Cues may be lost; the truth is in the keys.
package enum BusCue {
  /// Somebody ended a session: forget what you know of it, and end its streams.
  package static func sessionEnded(_ id: String) -> String {
    JSON.object(["kind": "session.ended", "session": .string(id)]).text
  }
}

/// What stands in a node's inbox: its field `kind` says what is wanted.
package enum InboxLetter {
  /// Take no more sessions, finish what is in flight, and end: what SIGTERM does.
  package static let drain: [(name: String, value: RedisArgument)] = [("kind", "drain")]
  /// About how many letters an inbox keeps, and for how long.
  package static let kept = 10_000
  package static let lifetime = 3_600_000
}
