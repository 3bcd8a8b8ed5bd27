// SPDX-License-Identifier: Apache-2.0
public import JSONKit

extension Elicitation.Form {
  /// What is wrong with what a user filled in, one sentence for each field; empty when nothing is.
  public func faults(in content: JSONObject) -> [String] {
    fields.compactMap { field in
      guard let value = content[field.name], !value.isNull else {
        return field.isRequired ? "\(field.name) is required" : nil
      }
      return field.fault(in: value)
    }
  }

  /// `content` with the defaults of fields that were left out, and without what is no field.
  public func completing(_ content: JSONObject) -> JSONObject {
    JSONObject(
      fields.compactMap { field in
        let given = content[field.name]
        let value = given?.isNull == false ? given : field.defaultValue
        return value.map { JSONObject.Member(name: field.name, value: $0) }
      })
  }
}

extension Elicitation.Field {
  /// What is wrong with `value`, naming the field; nil when nothing is.
  public func fault(in value: JSON) -> String? {
    switch kind {
    case .text(let format, let length):
      guard let text = value.string else { return "\(name) must be a string" }
      if let length, !length.contains(text.unicodeScalars.count) {
        let (low, high) = (length.lowerBound, length.upperBound)
        return "\(name) must have " + (high == .max ? "at least \(low)" : "\(low) to \(high)") + " characters"
      }
      if let format, !format.accepts(text) { return "\(name) must be \(format.expectation)" }
    case .number(let range):
      guard let number = value.double, number.isFinite else { return "\(name) must be a number" }
      if let range, !range.contains(number) { return outside(range) }
    case .integer(let range):
      guard let number = value.int else { return "\(name) must be an integer" }
      if let range, !range.contains(number) { return outside(range) }
    case .boolean: if value.bool == nil { return "\(name) must be true or false" }
    case .one(let choices, _):
      guard let text = value.string, choices.contains(where: { $0.value == text }) else {
        return "\(name) must be one of \(choices.names)"
      }
    case .some(let choices, let count):
      guard let values = value.array,
        values.allSatisfy({ value in choices.contains { $0.value == value.string } })
      else { return "\(name) must be an array of some of \(choices.names)" }
      if let count, !count.contains(values.count) {
        let (low, high) = (count.lowerBound, count.upperBound)
        return "\(name) must have " + (high == .max ? "at least \(low)" : "\(low) to \(high)") + " values"
      }
    }
    return nil
  }

  private func outside<Bound>(_ range: ClosedRange<Bound>) -> String {
    "\(name) must be from \(range.lowerBound) to \(range.upperBound)"
  }
}

extension [Elicitation.Field.Choice] {
  fileprivate var names: String { map(\.value).joined(separator: ", ") }
}

extension Elicitation.Field.Format {
  fileprivate var expectation: String {
    switch self {
    case .email: "a mail address"
    case .uri: "an absolute URI"
    case .date: "a date like 2026-07-28"
    case .dateTime: "a moment like 2026-07-28T12:00:00Z"
    }
  }

  fileprivate func accepts(_ text: String) -> Bool {
    switch self {
    case .email:
      let parts = text.split(separator: "@", omittingEmptySubsequences: false)
      return parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && !text.contains(where: \.isWhitespace)
    case .uri:
      guard let colon = text.firstIndex(of: ":"), text.first?.isASCIILetter == true else { return false }
      return text[..<colon].allSatisfy { $0.isASCIILetter || $0.isDigit || "+-.".contains($0) }
        && !text[colon...].dropFirst().isEmpty && !text.contains(where: \.isWhitespace)
    case .date: return text.isDate
    case .dateTime:
      let parts = text.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "T" || $0 == "t" }
      return parts.count == 2 && parts[0].isDate && parts[1].isTime
    }
  }
}

extension StringProtocol {
  fileprivate var isDate: Bool {
    let parts = split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts.map(\.utf8.count) == [4, 2, 2], parts.allSatisfy({ $0.allSatisfy(\.isDigit) }),
      let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]), (1...12).contains(month)
    else { return false }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return (1...[31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]).contains(day)
  }

  /// Whether this is a time of day with its distance from UTC (RFC 3339).
  fileprivate var isTime: Bool {
    guard let zone = lastIndex(where: { "Zz+-".contains($0) }) else { return false }
    let offset = self[zone...]
    guard offset == "Z" || offset == "z" || offset.dropFirst().isClock([24, 60]) else { return false }
    let parts = self[..<zone].split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, let clock = parts.first, clock.isClock([24, 60, 61]) else { return false }
    return parts.count == 1 || (!parts[1].isEmpty && parts[1].allSatisfy(\.isDigit))
  }

  private func isClock(_ limits: [Int]) -> Bool {
    let parts = split(separator: ":", omittingEmptySubsequences: false)
    return parts.count == limits.count
      && zip(parts, limits).allSatisfy { part, limit in
        part.utf8.count == 2 && part.allSatisfy(\.isDigit) && Int(part).map { $0 < limit } == true
      }
  }
}

extension Character {
  fileprivate var isASCIILetter: Bool { isASCII && isLetter }
  fileprivate var isDigit: Bool { isASCII && isNumber }
}
