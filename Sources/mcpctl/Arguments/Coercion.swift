// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit

extension InputSchema {
  /// The value that `text` spells here: the schema decides, and a string is preferred where several would fit.
  func value(of text: String) throws(ValueFault) -> JSON {
    if let values { return try member(of: values, spelled: text) }
    if alternatives.isEmpty && types.count <= 1 { return try value(of: text, as: types.first ?? "string") }

    var faults: [ValueFault] = []
    var found: [JSON] = []
    for type in types {
      do throws(ValueFault) { found.append(try value(of: text, as: type)) } catch { faults.append(error) }
    }
    for alternative in alternatives {
      do throws(ValueFault) { found.append(try alternative.value(of: text)) } catch { faults.append(error) }
    }
    if let best = found.first(where: { $0.string != nil }) ?? found.first { return best }
    throw ValueFault(faults.map(\.message).reduced())
  }

  private func value(of text: String, as type: String) throws(ValueFault) -> JSON {
    let trimmed = text.trimmed
    switch type {
    case "integer":
      if case .number(let number)? = try? JSON(parsing: trimmed), number.isWhole { return .number(number) }
      throw ValueFault("'\(text.shortened)' is not a whole number")
    case "number":
      if case .number(let number)? = try? JSON(parsing: trimmed) { return .number(number) }
      throw ValueFault("'\(text.shortened)' is not a number")
    case "boolean":
      guard trimmed == "true" || trimmed == "false" else {
        throw ValueFault("'\(text.shortened)' is neither true nor false")
      }
      return .bool(trimmed == "true")
    case "null":
      guard trimmed == "null" else { throw ValueFault("'\(text.shortened)' is not null") }
      return .null
    case "object":
      let value = try JSON(typed: text)
      guard value.object != nil else { throw ValueFault("'\(text.shortened)' is not a JSON object") }
      return value
    case "array":
      // One value that is no JSON array is a list of one, as `tags=a` and `tags=a tags=b` should agree.
      if trimmed.hasPrefix("["), let value = try? JSON(parsing: trimmed) { return value }
      return .array([try element(0)?.value(of: text) ?? .string(text)])
    default:
      return .string(text)
    }
  }

  private func member(of values: [JSON], spelled text: String) throws(ValueFault) -> JSON {
    if let found = values.first(where: { $0.string == text }) { return found }
    if let parsed = try? JSON(parsing: text), let found = values.first(where: { $0 == parsed }) { return found }
    let words = values.map { $0.string ?? $0.text }
    let near = nearMiss(of: text, in: words).map { "; did you mean '\($0)'?" } ?? ""
    throw ValueFault("'\(text.shortened)' is not one of \(words.joined(separator: ", "))\(near)")
  }
}

extension JSON {
  /// Reads JSON a person typed.
  init(typed text: String) throws(ValueFault) {
    do throws(JSONError) {
      self = try JSON(parsing: text)
    } catch {
      throw ValueFault("'\(text.shortened)' is no JSON: \(error)")
    }
  }
}

extension JSONNumber {
  /// Whether the number has no fraction, however large it is: `3`, `3.0` and `3e2`.
  var isWhole: Bool {
    if !text.contains(where: { ".eE".contains($0) }) { return true }
    let value = double
    return value.isFinite && value == value.rounded()
  }
}

extension String {
  /// Without white space at either end.
  var trimmed: String {
    let start = drop { $0.isWhitespace }
    return String(start.reversed().drop { $0.isWhitespace }.reversed())
  }
  /// At most 60 characters, for messages.
  var shortened: String { count > 60 ? prefix(57) + "..." : self }
}

extension [String] {
  /// Each once, joined by "and".
  fileprivate func reduced() -> String {
    var seen: Set<String> = []
    return filter { seen.insert($0).inserted }.joined(separator: ", and ")
  }
}
