// SPDX-License-Identifier: Apache-2.0

/// A fault on its way up to where its place is known.
struct SchemaFinding {
  enum Step {
    case name(String), index(Int)
  }

  enum Phrase {
    /// "`name` …"
    case about(String)
    /// A member nobody asked for, and one with a similar name that is known.
    case unknown(nearest: String?)
  }

  let keyword: String
  let phrase: Phrase
  /// Deepest step first.
  var path: [Step] = []

  var fault: SchemaFault {
    var pointer = JSONPointer()
    var name = ""
    for step in path.reversed() {
      switch step {
      case .name(let part):
        pointer = pointer.appending(part)
        name += name.isEmpty ? Self.shortened(part) : ".\(Self.shortened(part))"
      case .index(let index):
        pointer = pointer.appending(index)
        name += "[\(index)]"
      }
    }
    let message =
      switch phrase {
      case .about(let text): "\(name.isEmpty ? "the value" : name) \(text)"
      case .unknown(nil): "unknown argument \"\(name)\""
      case .unknown(let nearest?): "unknown argument \"\(name)\"; did you mean \"\(nearest)\"?"
      }
    return SchemaFault(pointer: pointer.text, name: name, keyword: keyword, message: message)
  }

  /// Names come from peers: their length is bounded before people read them.
  private static func shortened(_ name: String) -> String {
    name.utf8.count <= 64 ? name : "\(name.prefix(48))…"
  }
}
