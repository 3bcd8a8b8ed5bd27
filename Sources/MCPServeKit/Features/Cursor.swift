// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore

/// Where the next page of a list begins, in a form clients have no reason to read.
///
/// It names a position that later registrations and removals do not shift.
struct Cursor: Hashable {
  /// The ordinal of the last row of the page before.
  let ordinal: Int

  init(ordinal: Int) { self.ordinal = ordinal }

  /// Reads the cursor of a list request; the start of the list when there is none.
  /// - Throws: `RPCError` `.invalidParams` when it is not one of ours.
  init(_ params: JSONObject) throws(RPCError) {
    switch params["cursor"] {
    case nil, .null?: ordinal = 0
    case .string(let text)?:
      guard text.utf8.count <= 20, text.hasPrefix("p"), let value = Int(text.dropFirst(), radix: 36), value > 0,
        Cursor(ordinal: value).text == text
      else { throw .invalidParams("invalid cursor: use the nextCursor of the page before, or none") }
      ordinal = value
    default: throw .invalidParams("cursor must be a string")
    }
  }

  var text: String { "p" + String(ordinal, radix: 36) }
}
