// SPDX-License-Identifier: Apache-2.0
public import JSONKit
public import MCPCore

/// What a server wants the user to fill in: a flat list of fields, as the schema of a form elicitation says.
///
/// Spec: 2026-07-28, client/elicitation, "Requested Schema"; the spellings of earlier revisions are understood too.
public struct ElicitationForm: Sendable {
  /// One field.
  public struct Field: Sendable, Hashable {
    /// The name its value has in the answer.
    public let name: String
    /// The name for people.
    public let title: String?
    /// What is wanted.
    public let description: String?
    /// What may be filled in.
    public let kind: Kind
    /// Whether it has to be filled in.
    public let isRequired: Bool
    /// What it holds unless the user changes it.
    public let initial: JSON?
  }

  /// What may be filled in.
  public enum Kind: Sendable, Hashable {
    /// Text.
    case text(Format?)
    /// A number; an integer when told.
    case number(isInteger: Bool)
    /// Yes or no.
    case boolean
    /// One of these.
    case choice([Option])
    /// Any of these.
    case choices([Option])
  }

  /// A value to choose, and its name for people.
  public struct Option: Sendable, Hashable {
    /// What is sent.
    public let value: String
    /// What people read.
    public let title: String

    /// Makes a choice.
    public init(value: String, title: String) {
      self.value = value
      self.title = title
    }
  }

  /// How text has to look.
  public enum Format: String, Sendable, Hashable {
    /// An e-mail address.
    case email
    /// A URI.
    case uri
    /// A date, `2026-07-28`.
    case date
    /// A date with time and zone, `2026-07-28T12:00:00Z`.
    case dateTime = "date-time"
  }

  /// The most fields of one form: 100.
  public static let limit = 100

  /// The fields in the server's order.
  public let fields: [Field]
  private let schema: Schema

  /// Reads the `requestedSchema` of a form.
  /// - Throws: `InvalidShape` naming the field that no form may have: nested, or of an unknown type.
  public init(_ requestedSchema: JSON) throws(InvalidShape) {
    let object = try JSONObject(shape: requestedSchema, of: "requestedSchema")
    guard object["type"]?.string ?? "object" == "object", let properties = object["properties"]?.object else {
      throw InvalidShape("requestedSchema must be of type object and have properties")
    }
    guard properties.count <= Self.limit else {
      throw InvalidShape("requestedSchema has more than \(Self.limit) properties")
    }
    let required = Set(try object.elements("required").compactMap(\.string))
    var fields: [Field] = []
    for property in properties.members {
      fields.append(
        try Field(property.name, property.value, isRequired: required.contains(property.name)))
    }
    do throws(SchemaError) {
      schema = try Schema(compiling: .object(object))
    } catch {
      throw InvalidShape("requestedSchema cannot be used: \(error)")
    }
    self.fields = fields
  }

  /// Everything wrong with what was filled in, each naming its field; empty when it may be sent.
  public func faults(in content: JSONObject) -> [String] {
    var faults = schema.validate(.object(content)).map(\.message)
    for field in fields {
      guard case .text(let format?) = field.kind, let text = content[field.name]?.string, !format.accepts(text) else {
        continue
      }
      faults.append("\(field.name) must be \(format.phrase)")
    }
    for name in content.names where !fields.contains(where: { $0.name == name }) {
      faults.append("the form has no field '\(name)'")
    }
    return faults
  }

  /// Everything wrong with the value of one field.
  public func faults(in value: JSON, of field: Field) -> [String] {
    let content = JSONObject([.init(name: field.name, value: value)])
    let faults = schema.validate(.object(content)).filter { $0.keyword != "required" }.map(\.message)
    guard case .text(let format?) = field.kind, let text = value.string, !format.accepts(text) else { return faults }
    return faults + ["\(field.name) must be \(format.phrase)"]
  }

  /// `content` with the initial values of the fields it leaves out.
  public func filled(_ content: JSONObject = [:]) -> JSONObject {
    var content = content
    for field in fields where content[field.name] == nil {
      if let initial = field.initial { content[field.name] = initial }
    }
    return content
  }
}

extension ElicitationForm.Field {
  fileprivate init(_ name: String, _ schema: JSON, isRequired: Bool) throws(InvalidShape) {
    self.name = name
    self.isRequired = isRequired
    title = schema["title"]?.string
    description = schema["description"]?.string
    initial = schema["default"]
    let isChoice = schema["enum"] != nil || schema["oneOf"] != nil
    switch schema["type"]?.string ?? (isChoice ? "string" : nil) {
    case "boolean": kind = .boolean
    case "integer": kind = .number(isInteger: true)
    case "number": kind = .number(isInteger: false)
    case "string":
      if let options = Self.options(schema, named: "oneOf") {
        kind = .choice(options)
      } else {
        kind = .text(schema["format"]?.string.flatMap(ElicitationForm.Format.init(rawValue:)))
      }
    case "array":
      guard let options = schema["items"].flatMap({ Self.options($0, named: "anyOf") }) else {
        throw InvalidShape("the field '\(name)' of the form is a list of something other than choices")
      }
      kind = .choices(options)
    default: throw InvalidShape("the field '\(name)' of the form is of a type no form may have")
    }
  }

  /// `enum`, with `enumNames` of earlier revisions, or a list of `const` and `title`; nil when there are none.
  private static func options(_ schema: JSON, named list: String) -> [ElicitationForm.Option]? {
    if let titled = schema[list]?.array ?? schema["oneOf"]?.array {
      return titled.compactMap { option in
        option["const"]?.string.map { .init(value: $0, title: option["title"]?.string ?? $0) }
      }
    }
    guard let values = schema["enum"]?.array?.compactMap(\.string) else { return nil }
    let names = schema["enumNames"]?.array?.compactMap(\.string) ?? []
    return values.enumerated().map { .init(value: $1, title: $0 < names.count ? names[$0] : $1) }
  }
}
