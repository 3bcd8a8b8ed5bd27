// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit

/// What a text for people may hold that colours show.
enum Markup {
  case none, json, markdown
  /// Lines that begin with how something stands: `ok`, `warning`, `wrong` or `skipped`.
  case statuses
}

/// One result in every form it can be printed in. Commands make it; `Output` alone chooses the form.
struct Presentation {
  /// The specification's result object, or the text of a command of our own.
  var object: JSON
  /// One JSON value a line for `jsonl`; by default the object alone.
  var items: [JSON]
  /// What `-o value` prints.
  var value: JSON
  /// Rows, when the result is a list.
  var table: Table?
  /// Whether each of `items` is a row of `-o custom-columns`; else the object is the one row.
  var isList = false
  /// Identities, one a line, for `-o name`.
  var names: [String]
  /// The form for people.
  var text: String
  /// What the text is, for a terminal to show.
  var markup = Markup.none
  /// What the text is made of, where pictures are among it.
  var parts: [TextPart] = []
  /// The bytes the result is about, when it holds exactly one file: what `--out` writes.
  var file: [UInt8]?

  init(
    _ object: JSON, text: String, items: [JSON]? = nil, value: JSON? = nil, table: Table? = nil, names: [String] = [],
    file: [UInt8]? = nil
  ) {
    (self.object, self.text, self.table, self.names, self.file) = (object, text, table, names, file)
    self.items = items ?? [object]
    self.value = value ?? object
  }

  /// A value that is the result: text as it is, anything else as JSON.
  init(shown value: JSON) {
    self.init(value, text: value.string ?? value.pretty)
    markup = value.string == nil ? .json : .none
  }

  /// A list: the object with all pages merged, and one row for each of `items`.
  init(list object: JSONObject, items: [JSON], table: Table, empty: String) {
    self.init(
      .object(object), text: table.rows.isEmpty ? empty + "\n" : "", items: items, value: .array(items),
      table: table, names: table.rows.compactMap(\.first))
    isList = true
  }
}
