// SPDX-License-Identifier: Apache-2.0
internal import Synchronization

/// One declared word or option, as every generator sees it.
package struct FieldModel: Sendable {
  /// Where its words come from.
  package enum Kind: Sendable, Equatable {
    /// A switch: `--quiet`.
    case flag
    /// A switch with a value: `--port 8000`.
    case option
    /// A word by position.
    case argument
    /// All the words after `--`.
    case trailing
  }

  package let kind: Kind
  /// The long name without dashes; for an argument its identity.
  package let name: String
  package let short: Character?
  /// What stands for the value in usage lines; empty for a flag.
  package let placeholder: String
  package let help: String
  package let choices: [String]
  /// The default as written in help.
  package let defaultText: String?
  package let isRequired: Bool
  /// Whether it may be given more than once.
  package let isRepeated: Bool
  /// Whether giving it twice is an error instead of the last one counting.
  package let isExclusive: Bool
  /// Environment variables that supply a value when the option is absent, first one first.
  package let environment: [String]
  package let completion: Completion
  /// The heading it is listed under; nil for the command's own options.
  package var heading: String?
}

/// How a shell can complete a value.
package enum Completion: Sendable, Equatable {
  case nothing
  case file
  case directory
  /// Asks the program itself: `mcpctl __complete KIND WORD…`.
  case dynamic(String)
}

/// A wrapped property the parser can describe and fill.
package protocol Field: Sendable {
  func model(label: String) -> FieldModel
  /// Reads one word; a flag gets nil.
  func read(_ word: String?) throws(ValueFault)
}

/// The place a wrapper keeps its value in, shared by copies of the command so that the parser fills the original.
package final class Slot<Value: Sendable>: Sendable {
  private let stored: Mutex<Value?>
  package init(_ value: Value?) { stored = Mutex(value) }

  /// What was read so far.
  package var value: Value? {
    get { stored.withLock { $0 } }
    set { stored.withLock { $0 = newValue } }
  }

  /// Changes the value in place.
  package func change(_ body: (inout Value?) -> Void) { stored.withLock { body(&$0) } }

  /// The value of a field the parser has filled.
  package var filled: Value {
    guard let value else { preconditionFailure("a required word is read through its projection before parsing") }
    return value
  }
}

/// `maxBody` as it is typed: `max-body`.
package func kebab(_ label: String) -> String {
  var name = ""
  for character in label.drop(while: { $0 == "_" }) {
    if character.isUppercase { name += "-" }
    name += character.lowercased()
  }
  return name
}
