// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit

extension InputSchema {
  /// The value that `text` spells here: the schema decides, and a string is preferred where several would fit.
  func value(of text: String) throws(ValueFault) -> JSON { try readings(of: text)[0] }

  /// All values that `text` may spell here, at least one, the preferred first.
  func readings(of text: String) throws(ValueFault) -> [JSON] {
    if let values { return [try member(of: values, spelled: text)] }
    if alternatives.isEmpty && types.count <= 1 { return [try value(of: text, as: types.first ?? "string")] }

    var faults: [ValueFault] = []
    var found: [JSON] = []
    for type in types {
      do throws(ValueFault) { found.append(try value(of: text, as: type)) } catch { faults.append(error) }
    }
    for alternative in alternatives {
      do throws(ValueFault) {
        // What that alternative would not take is no reading of it.
        found += try alternative.readings(of: text).filter(alternative.admits)
      } catch {
        faults.append(error)
      }
    }
    let valid = found.filter(admits)
    if !valid.isEmpty { found = valid }
    if found.isEmpty, faults.isEmpty { return [.string(text)] }
    guard !found.isEmpty else { throw ValueFault(faults.map(\.message).reduced()) }
    let strings = found.filter { $0.string != nil }
    // That one value makes a list of one is a kindness, where there is no text it could be.
    if !strings.isEmpty, !text.trimmed.hasPrefix("[") { found.removeAll { $0.array != nil } }
    var distinct: [JSON] = []
    for value in strings + found where !distinct.contains(value) { distinct.append(value) }
    return distinct
  }

  private func value(of text: String, as type: String) throws(ValueFault) -> JSON {
    let trimmed = text.trimmed
    switch type {
    case "integer":
      if case .number(let number)? = try? JSON(parsing: trimmed), number.isInteger { return .number(number) }
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
