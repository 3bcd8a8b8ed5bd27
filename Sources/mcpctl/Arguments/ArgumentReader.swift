// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit

/// Words that do not make good arguments; every fault is named.
struct ArgumentFaults: Error {
  let faults: [String]
}

/// Turns words such as `a=1 tags[]=x b:=null` into the arguments of a tool.
///
/// Pure but for `read`, which fetches the bytes of `@file` (`-` is standard input).
struct ArgumentReader {
  /// How much may be trusted to the words.
  struct Rules {
    /// The tool's schema; nil takes every `name=value` as text.
    var schema: JSONObject?
    /// Whether faults stop the call. Off, what does not fit the schema is sent as text.
    var validates = true
    /// What takes the arguments, for messages.
    var noun = "tool"
  }

  private let rules: Rules
  private let schema: InputSchema?
  private let read: (String) throws(FileFault) -> [UInt8]
  private var faults: [String] = []
  private var given: Set<String> = []
  /// What could have been meant in another way, and how that is written.
  private(set) var notes: [String] = []

  init(_ rules: Rules, read: @escaping (String) throws(FileFault) -> [UInt8]) {
    self.rules = rules
    schema = rules.schema.map(InputSchema.init)
    self.read = read
  }

  /// Reads `words` on top of `base`.
  mutating func arguments(from words: [String], base: JSONObject = [:]) throws(ArgumentFaults) -> JSONObject {
    var arguments = JSON.object(base)
    faults = []
    notes = []
    given = []
    var misread: Set<String> = []
    for word in words {
      if word.hasPrefix("{") {
        overlay(word, on: &arguments)
        continue
      }
      do throws(ValueFault) {
        let word = try ArgumentWord(word)
        if case .name(let name)? = word.steps.first { misread.insert(name) }
        try place(word, in: &arguments)
        if case .name(let name)? = word.steps.first { misread.remove(name) }
      } catch {
        faults.append(error.message)
      }
    }
    let object = arguments.object ?? [:]
    if rules.validates, let schema { check(object, against: schema, except: misread) }
    guard faults.isEmpty else { throw ArgumentFaults(faults: faults) }
    return object
  }

  /// A whole object as one word; its members replace those before.
  private mutating func overlay(_ word: String, on arguments: inout JSON) {
    do throws(ValueFault) {
      guard let object = try JSON(typed: word).object else { throw ValueFault("'\(word)' is no JSON object") }
      var merged = arguments.object ?? [:]
      for member in object.members { merged[member.name] = member.value }
      arguments = .object(merged)
    } catch {
      faults.append(error.message)
    }
  }

  private mutating func place(_ word: ArgumentWord, in arguments: inout JSON) throws(ValueFault) {
    let isFirst = given.insert(word.path).inserted
    do throws(ValueFault) {
      arguments = try placing(word, word.steps[...], in: arguments, schema, isFirst: isFirst)
      noteAmbiguity(of: word)
    } catch {
      throw ValueFault("\(word.path): \(error.message)")
    }
  }

  /// `container` with the word's value at the end of `steps`.
  private func placing(
    _ word: ArgumentWord, _ steps: ArraySlice<ArgumentWord.Step>, in container: JSON?, _ schema: InputSchema?,
    isFirst: Bool
  ) throws(ValueFault) -> JSON {
    guard let step = steps.first else {
      let value = try value(of: word, schema)
      guard !isFirst, !word.steps.contains(.append) else { return value }
      // Given again: a list grows, anything else is a slip.
      guard let container, schema?.allowsArray ?? false else { throw ValueFault("given twice") }
      return .array((container.array ?? [container]) + (value.array ?? [value]))
    }
    let rest = steps.dropFirst()
    switch (step, container) {
    case (.append, .array(var elements)):
      elements.append(try placing(word, rest, in: nil, schema?.element(elements.count), isFirst: isFirst))
      return .array(elements)
    case (.append, nil):
      return .array([try placing(word, rest, in: nil, schema?.element(0), isFirst: isFirst)])
    case (.append, _?):
      throw ValueFault("is no array, so '[]' cannot add to it")
    case (.name(let name), .array(var elements)):
      guard let index = Int(name), elements.indices.contains(index) || index == elements.count else {
        throw ValueFault("[\(name)] is no element; the array has \(elements.count)")
      }
      let old = elements.indices.contains(index) ? elements[index] : nil
      let new = try placing(word, rest, in: old, schema?.element(index), isFirst: isFirst)
      if old == nil { elements.append(new) } else { elements[index] = new }
      return .array(elements)
    case (.name(let name), nil) where Int(name) == 0 && schema?.allowsArray ?? false:
      return .array([try placing(word, rest, in: nil, schema?.element(0), isFirst: isFirst)])
    case (.name(let name), .object), (.name(let name), nil):
      var object = container?.object ?? [:]
      object[name] = try placing(word, rest, in: object[name], schema?.member(name), isFirst: isFirst)
      return .object(object)
    case (.name(let name), _?):
      throw ValueFault("is no object, so it has no member '\(name)'")
    }
  }

  private func value(of word: ArgumentWord, _ schema: InputSchema?) throws(ValueFault) -> JSON {
    let text: String
    switch word.source {
    case .text(let typed): text = typed
    case .file(let path):
      let bytes: [UInt8]
      do throws(FileFault) { bytes = try read(path) } catch { throw ValueFault("\(error)") }
      if !word.isRaw, schema?.wantsBase64 ?? false { return .string(Base64.standard.text(bytes)) }
      guard let decoded = String(validating: bytes, as: UTF8.self) else {
        throw ValueFault("\(path) is not UTF-8 text")
      }
      text = decoded
    }
    if word.isRaw { return try JSON(typed: text) }
    guard let schema else { return .string(text) }
    do throws(ValueFault) {
      return try schema.value(of: text)
    } catch {
      if rules.validates { throw error }
      return .string(text)
    }
  }

  /// Says so where a word could have been meant in another way.
  private mutating func noteAmbiguity(of word: ArgumentWord) {
    guard !word.isRaw, case .text(let text) = word.source else { return }
    var place = schema
    for step in word.steps {
      switch step {
      case .name(let name): place = place.flatMap { $0.member(name) ?? Int(name).flatMap($0.element) }
      case .append: place = place?.element(0)
      }
    }
    guard let readings = try? place?.readings(of: text), readings.count > 1, let other = readings.last else { return }
    let kind = readings[0].string == nil ? readings[0].text : "text"
    notes.append(
      "\(word.path) is sent as \(kind); \(word.path):=\(shellWord(other.text)) sends \(other.text.shortened)")
  }

  /// Adds what is missing, what nobody asked for, and what the schema checker finds in the rest.
  private mutating func check(_ arguments: JSONObject, against schema: InputSchema, except misread: Set<String>) {
    var blamed = misread
    let properties = schema.properties
    for name in schema.required where arguments[name] == nil && blamed.insert(name).inserted {
      let kind = properties.first { $0.name == name }.map { ": \($0.schema.kind)" } ?? ""
      faults.append("\(name) is missing\(kind)")
    }
    if schema.isClosed {
      for name in arguments.names where !properties.contains(where: { $0.name == name }) {
        let near = nearMiss(of: name, in: properties.map(\.name)).map { "; did you mean '\($0)'?" } ?? ""
        faults.append("\(name) is no argument of this \(rules.noun)\(near)")
        blamed.insert(name)
      }
    }
    // A schema this program cannot read is no reason to refuse the call: then the server has the only word.
    guard let compiled = try? Schema(compiling: schema.here) else { return }
    for fault in compiled.validate(.object(arguments)) {
      let name = String(fault.name.prefix { $0 != "." && $0 != "[" })
      if name.isEmpty || !blamed.contains(name) { faults.append(fault.message) }
    }
  }
}
