// SPDX-License-Identifier: GPL-3.0-or-later
import MCPCore
import MCPServeKit

/// A few words.
protocol WordList { static var words: [String] { get } }

/// One of a few words to the schema, but taken as it comes: the tool has its own words for what is none of them.
struct ListedWord<List: WordList>: ToolValue, ExpressibleByStringLiteral {
  static var schema: JSONObject { ["type": "string", "enum": .array(List.words.map(JSON.string))] }
  static var expectation: String { String.expectation }
  let text: String

  init(stringLiteral text: String) { self.text = text }

  init(argument: JSON) throws(ArgumentMismatch) { text = try String(argument: argument) }

  var argument: JSON { .string(text) }
}
