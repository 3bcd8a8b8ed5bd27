// SPDX-License-Identifier: Apache-2.0

/// A word by position: `@Argument("Tool name.") var tool: String`.
@propertyWrapper package struct Argument<Value: FieldValue>: Field {
  private let slot: Slot<Value>
  private let help: String
  private let placeholder: String?
  private let completion: Completion

  package init(wrappedValue: Value, _ help: String, value: String? = nil, completion: Completion = .nothing) {
    slot = Slot(wrappedValue)
    (self.help, placeholder, self.completion) = (help, value, completion)
  }

  package init(_ help: String, value: String? = nil, completion: Completion = .nothing) {
    slot = Slot(Value.initial)
    (self.help, placeholder, self.completion) = (help, value, completion)
  }

  package var wrappedValue: Value {
    get { slot.filled }
    nonmutating set { slot.value = newValue }
  }
  /// The value, nil while a required word is missing.
  package var projectedValue: Value? { slot.value }

  package func model(label: String) -> FieldModel {
    FieldModel(
      kind: .argument, name: kebab(label), short: nil, placeholder: placeholder ?? kebab(label), help: help,
      choices: Value.choices, defaultText: slot.value?.shown, isRequired: slot.value == nil,
      isRepeated: Value.isRepeated, isExclusive: false, environment: [], completion: completion)
  }

  package func read(_ word: String?) throws(ValueFault) {
    slot.value = try Value.reading(word ?? "", after: slot.value)
  }
}

/// An option with a value: `@Option("Port to listen on.", value: "PORT") var port = 8000`.
@propertyWrapper package struct Option<Value: FieldValue>: Field {
  private let slot: Slot<Value>
  private let help: String
  private let short: Character?
  private let placeholder: String
  private let isExclusive: Bool
  private let environment: [String]
  private let completion: Completion

  package init(
    wrappedValue: Value, _ help: String, short: Character? = nil, value: String, isExclusive: Bool = false,
    environment: [String] = [], completion: Completion = .nothing
  ) {
    slot = Slot(wrappedValue)
    (self.help, self.short, placeholder, self.isExclusive) = (help, short, value, isExclusive)
    (self.environment, self.completion) = (environment, completion)
  }

  package init(
    _ help: String, short: Character? = nil, value: String, isExclusive: Bool = false,
    environment: [String] = [], completion: Completion = .nothing
  ) {
    slot = Slot(Value.initial)
    (self.help, self.short, placeholder, self.isExclusive) = (help, short, value, isExclusive)
    (self.environment, self.completion) = (environment, completion)
  }

  package var wrappedValue: Value {
    get { slot.filled }
    nonmutating set { slot.value = newValue }
  }
  /// The value, nil while a required option is missing.
  package var projectedValue: Value? { slot.value }

  package func model(label: String) -> FieldModel {
    FieldModel(
      kind: .option, name: kebab(label), short: short, placeholder: placeholder, help: help,
      choices: Value.choices, defaultText: slot.value?.shown, isRequired: slot.value == nil,
      isRepeated: Value.isRepeated, isExclusive: isExclusive, environment: environment, completion: completion)
  }

  package func read(_ word: String?) throws(ValueFault) {
    slot.value = try Value.reading(word ?? "", after: slot.value)
  }
}

/// What a switch can fill: a Boolean, or a count of how often it was given.
package protocol FlagValue: Sendable {
  static var unset: Self { get }
  static var isCounted: Bool { get }
  mutating func raise()
}

extension Bool: FlagValue {
  package static var unset: Bool { false }
  package static var isCounted: Bool { false }
  package mutating func raise() { self = true }
}

extension Int: FlagValue {
  package static var unset: Int { 0 }
  package static var isCounted: Bool { true }
  package mutating func raise() { self = Swift.min(self + 1, 100) }
}

/// A switch: `@Flag("Say nothing but the result.", short: "q") var quiet: Bool`.
@propertyWrapper package struct Flag<Value: FlagValue>: Field {
  private let slot = Slot(Value.unset)
  private let help: String
  private let short: Character?

  package init(_ help: String, short: Character? = nil) {
    (self.help, self.short) = (help, short)
  }

  package var wrappedValue: Value {
    get { slot.filled }
    nonmutating set { slot.value = newValue }
  }

  package func model(label: String) -> FieldModel {
    FieldModel(
      kind: .flag, name: kebab(label), short: short, placeholder: "", help: help, choices: [], defaultText: nil,
      isRequired: false, isRepeated: Value.isCounted, isExclusive: false, environment: [], completion: .nothing)
  }

  package func read(_ word: String?) { slot.change { $0?.raise() } }
}

/// All the words after `--`, kept as they are: `@Trailing("Server to start.", value: "command") var command`.
@propertyWrapper package struct Trailing: Field {
  private let slot = Slot<[String]>([])
  private let help: String
  private let placeholder: String

  package init(_ help: String, value: String) {
    (self.help, placeholder) = (help, value)
  }

  package var wrappedValue: [String] {
    get { slot.filled }
    nonmutating set { slot.value = newValue }
  }

  package func model(label: String) -> FieldModel {
    FieldModel(
      kind: .trailing, name: kebab(label), short: nil, placeholder: placeholder, help: help, choices: [],
      defaultText: nil, isRequired: false, isRepeated: true, isExclusive: false, environment: [],
      completion: .nothing)
  }

  package func read(_ word: String?) { slot.change { $0?.append(word ?? "") } }
}

/// What was typed of each option, for a command that also takes values from elsewhere: `let typed = TypedWords()`.
///
/// Such a command reads the environment itself; the parser only names its variables in help.
package struct TypedWords: Sendable {
  private let slot = Slot<[String: [String]]>([:])
  /// The option that `--a.b=c` is short for, with the value `a.b=c`; nil for none.
  let dotted: String?

  package init(dotted: String? = nil) { self.dotted = dotted }

  /// The words by the name of the option, a switch as `true`; options that were not typed are not there.
  package var words: [String: [String]] { slot.filled }

  func fill(_ words: [String: [String]]) { slot.value = words }
}

/// Splices shared options into a command: `@Group("Connection options") var connection: ConnectionOptions`.
@propertyWrapper package struct Group<Value: OptionGroup>: FieldGroup {
  package let wrappedValue: Value
  package let heading: String

  package init(_ heading: String) {
    wrappedValue = Value()
    self.heading = heading
  }

  package var members: Any { wrappedValue }
}

/// A wrapped property that holds further fields.
package protocol FieldGroup: Sendable {
  var heading: String { get }
  var members: Any { get }
}
