// SPDX-License-Identifier: Apache-2.0
public import JSONKit

extension Elicitation.Form {
  /// The form as parameters of `elicitation/create`, as `revision` spells them.
  public func json(in revision: Revision) -> JSONObject {
    var schema: JSONObject = [
      "type": "object",
      "properties": .object(JSONObject(fields.map { .init(name: $0.name, value: $0.json(in: revision)) })),
    ]
    let required = fields.filter(\.isRequired).map { JSON.string($0.name) }
    if !required.isEmpty { schema["required"] = .array(required) }
    var object: JSONObject = ["message": .string(message), "requestedSchema": .object(schema)]
    if revision.hasURLElicitation { object["mode"] = "form" }
    return object
  }
}

extension Elicitation.Page {
  /// The page as parameters of `elicitation/create`, as `revision` spells them.
  public func json(in revision: Revision) -> JSONObject {
    var object: JSONObject = ["mode": "url", "message": .string(message), "url": .string(url)]
    if revision.hasElicitationIDs { object["elicitationId"] = .string(id) }
    return object
  }
}

extension Elicitation.Field {
  /// Reads a property of a form's schema; keywords that forms do not have are ignored.
  /// - Throws: `InvalidShape` naming the property when it is nothing a form can ask for.
  public init(_ name: String, json: JSON, isRequired: Bool = false) throws(InvalidShape) {
    let object = try JSONObject(shape: json, of: name)
    self.init(
      name, try Kind(object, of: name), object["description"]?.string, title: object["title"]?.string,
      isRequired: isRequired, default: object["default"])
    if let defaultValue, let fault = fault(in: defaultValue) { throw InvalidShape("the default of \(fault)") }
  }

  /// The field as a property of a form's schema, as `revision` spells it.
  public func json(in revision: Revision) -> JSON {
    var object = kind.json(in: revision)
    object.set("title", title)
    object.set("description", description)
    object["default"] = defaultValue
    return .object(object)
  }
}

extension Elicitation.Field.Kind {
  fileprivate init(_ object: JSONObject, of name: String) throws(InvalidShape) {
    func range<Bound: Comparable>(
      _ low: String, _ high: String, _ value: (JSON) -> Bound?, _ bounds: ClosedRange<Bound>
    ) throws(InvalidShape) -> ClosedRange<Bound>? {
      let (lower, upper) = (object[low].flatMap(value), object[high].flatMap(value))
      guard lower != nil || upper != nil else { return nil }
      let (first, last) = (lower ?? bounds.lowerBound, upper ?? bounds.upperBound)
      guard first <= last else { throw InvalidShape("\(name): \(low) must not be above \(high)") }
      return first...last
    }
    switch object["type"]?.string {
    case "string":
      if object.contains("enum") || object.contains("oneOf") {
        self = .one(try Self.choices(object, titled: "oneOf", of: name), named: object.contains("enumNames"))
      } else {
        self = .text(
          format: object["format"]?.string.flatMap(Elicitation.Field.Format.init(rawValue:)),
          length: try range("minLength", "maxLength", \.int, 0...Int.max))
      }
    case "number":
      let all = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
      self = .number(in: try range("minimum", "maximum", \.double, all))
    case "integer": self = .integer(in: try range("minimum", "maximum", \.int, Int.min...Int.max))
    case "boolean": self = .boolean
    case "array":
      let items = try JSONObject(shape: object["items"] ?? .null, of: "\(name).items")
      self = .some(
        try Self.choices(items, titled: "anyOf", of: name),
        count: try range("minItems", "maxItems", \.int, 0...Int.max))
    default:
      throw InvalidShape("\(name) must be a string, number, integer, boolean or a choice: forms have nothing else")
    }
  }

  private static func choices(
    _ object: JSONObject, titled keyword: String, of name: String
  ) throws(InvalidShape) -> [Elicitation.Field.Choice] {
    var choices: [Elicitation.Field.Choice] = []
    if let titled = object[keyword]?.array {
      for choice in titled {
        guard let value = choice["const"]?.string else { throw InvalidShape("\(name): each choice must have a const") }
        choices.append(.init(value, choice["title"]?.string))
      }
    } else {
      let titles = object["enumNames"]?.array ?? []
      for (index, value) in (object["enum"]?.array ?? []).enumerated() {
        guard let value = value.string else { throw InvalidShape("\(name): each choice must be a string") }
        choices.append(.init(value, index < titles.count ? titles[index].string : nil))
      }
    }
    guard !choices.isEmpty else { throw InvalidShape("\(name) must have something to choose from") }
    return choices
  }

  fileprivate func json(in revision: Revision) -> JSONObject {
    switch self {
    case .text(let format, let length):
      var object: JSONObject = ["type": "string"]
      object.set("format", format?.rawValue)
      object.setRange("minLength", length?.lowerBound, besides: 0)
      object.setRange("maxLength", length?.upperBound, besides: .max)
      return object
    case .number(let range):
      var object: JSONObject = ["type": "number"]
      let greatest = Double.greatestFiniteMagnitude
      if let low = range?.lowerBound, low != -greatest { object["minimum"] = JSONNumber(low).map(JSON.number) }
      if let high = range?.upperBound, high != greatest { object["maximum"] = JSONNumber(high).map(JSON.number) }
      return object
    case .integer(let range):
      var object: JSONObject = ["type": "integer"]
      object.setRange("minimum", range?.lowerBound, besides: .min)
      object.setRange("maximum", range?.upperBound, besides: .max)
      return object
    case .boolean: return ["type": "boolean"]
    case .one(let choices, let named):
      guard choices.contains(where: { $0.title != nil }) else { return ["type": "string", "enum": choices.values] }
      if named || !revision.hasURLElicitation {
        let names = choices.map { JSON.string($0.title ?? $0.value) }
        return ["type": "string", "enum": choices.values, "enumNames": .array(names)]
      }
      return ["type": "string", "oneOf": choices.titled]
    case .some(let choices, let count):
      let isTitled = choices.contains { $0.title != nil }
      var object: JSONObject = [
        "type": "array", "items": isTitled ? ["anyOf": choices.titled] : ["type": "string", "enum": choices.values],
      ]
      object.setRange("minItems", count?.lowerBound, besides: 0)
      object.setRange("maxItems", count?.upperBound, besides: .max)
      return object
    }
  }
}

extension [Elicitation.Field.Choice] {
  fileprivate var values: JSON { .array(map { .string($0.value) }) }
  fileprivate var titled: JSON { .array(map { ["const": .string($0.value), "title": .string($0.title ?? $0.value)] }) }
}

extension JSONObject {
  /// Sets `name` to a bound unless it is nil or `nothing`, which bounds nothing.
  fileprivate mutating func setRange(_ name: String, _ bound: Int?, besides nothing: Int) {
    if let bound, bound != nothing { self[name] = .number(JSONNumber(bound)) }
  }
}
