// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore

/// Where the next page of a list begins, in a form clients have no reason to read.
///
/// It names its list and a position that later registrations and removals do not shift.
struct Cursor: Hashable {
  /// The ordinal of the last row of the page before; 0 before the first page.
  let ordinal: Int
  private let list: FeatureList

  init(_ list: FeatureList, ordinal: Int) {
    self.list = list
    self.ordinal = ordinal
  }

  /// Reads the cursor of a list request; the start of the list when there is none.
  /// - Parameter newest: the ordinal of the newest row the list has had. Rows were to follow wherever a cursor was given
  ///   out, so every cursor lies before it.
  /// - Throws: `RPCError` `.invalidParams` when it is not one of ours.
  init(_ params: JSONObject, of list: FeatureList, newest: Int) throws(RPCError) {
    switch params["cursor"] {
    case nil, .null?: self.init(list, ordinal: 0)
    case .string(let text)?:
      guard text.utf8.count <= 20, let value = Int(text.dropFirst(), radix: 36), 0 < value, value < newest,
        Cursor(list, ordinal: value).text == text
      else { throw .invalidParams("invalid cursor: use the nextCursor of the page before, or none") }
      self.init(list, ordinal: value)
    default: throw .invalidParams("cursor must be a string")
    }
  }

  var text: String { list.rawValue + String(ordinal, radix: 36) }
}

/// The lists that come in pages, by the first letter of their cursors.
enum FeatureList: String {
  case tools = "t"
  case resources = "r"
  case templates = "u"
  case prompts = "p"
}
