// SPDX-License-Identifier: Apache-2.0

/// Turns a schema into a program. Subschemas are numbered when first met and read from a queue, so that neither long
/// chains of references nor circles cost stack.
struct SchemaCompiler {
  var documents: SchemaDocuments
  private let limits: SchemaLimits
  private var numbers: [SchemaPlace: Int] = [:]
  private var queue: [(place: SchemaPlace, value: JSON, resource: Int)] = []

  init(documents: [String: JSON], limits: SchemaLimits) {
    self.documents = SchemaDocuments(available: documents)
    self.limits = limits
  }

  mutating func compile(_ schema: JSON, draft: SchemaDraft) throws(SchemaError) -> SchemaProgram {
    try documents.add(schema, uri: "", draft: draft)
    _ = try number(of: schema, at: SchemaPlace(document: 0))
    var nodes: [SchemaNode] = []
    var dynamicAnchors: [String: [Int: Int]] = [:]
    var known = 0
    while nodes.count < queue.count || known < documents.dynamicAnchors.count {
      if nodes.count < queue.count {
        let (place, value, resource) = queue[nodes.count]
        nodes.append(try node(of: value, at: place, in: resource))
      } else {
        let anchor = documents.dynamicAnchors[known]
        dynamicAnchors[anchor.name, default: [:]][anchor.resource] = try number(at: anchor.place)
        known += 1
      }
    }
    return SchemaProgram(nodes: nodes, dynamicAnchors: dynamicAnchors, limits: limits)
  }

  private func checked(_ value: JSON, at place: SchemaPlace) throws(SchemaError) -> JSON {
    switch value {
    case .bool, .object: return value
    case .null, .number, .string, .array:
      throw SchemaError(pointer: place.pointer.text, message: "a schema has to be an object, true or false")
    }
  }

  /// The number of the subschema `value`.
  mutating func number(of value: JSON, at place: SchemaPlace) throws(SchemaError) -> Int {
    if let number = numbers[place] { return number }
    guard queue.count < limits.subschemas else {
      throw SchemaError(pointer: place.pointer.text, message: "more than \(limits.subschemas) subschemas")
    }
    queue.append((place, try checked(value, at: place), documents.resource(of: place)))
    numbers[place] = queue.count - 1
    return queue.count - 1
  }

  private mutating func number(at place: SchemaPlace) throws(SchemaError) -> Int {
    if let number = numbers[place] { return number }
    guard let value = documents.value(at: place) else {
      throw SchemaError(pointer: place.pointer.text, message: "there is nothing")
    }
    return try number(of: value, at: place)
  }

  private mutating func node(of value: JSON, at place: SchemaPlace, in resource: Int) throws(SchemaError) -> SchemaNode
  {
    guard case .object(let object) = value else { return SchemaNode(accepts: value.bool ?? true, resource: resource) }
    let reader = SchemaReader(object: object, place: place, draft: documents.resources[resource].draft)
    var parts = SchemaNodeParts()
    if reader.draft == .draft7, let text = try reader.string("$ref") {
      let target = try number(at: try documents.target(of: text, in: resource, at: place).place)
      parts.logic = SchemaLogic(reference: target)
      return SchemaNode(parts, resource: resource)
    }
    parts.kinds = try reader.kinds()
    parts.values = try reader.values()
    parts.number = try reader.numberRules()
    parts.string = try reader.stringRules()
    parts.array = try arrayRules(reader)
    parts.object = try objectRules(reader)
    parts.logic = try logic(reader, in: resource)
    parts.initial = object["default"]
    if reader.draft == .draft2020 {
      parts.unevaluatedItems = try schema("unevaluatedItems", reader)
      parts.unevaluatedProperties = try schema("unevaluatedProperties", reader)
    }
    return SchemaNode(parts, resource: resource)
  }
}

extension SchemaCompiler {
  private mutating func schema(_ keyword: String, _ reader: SchemaReader) throws(SchemaError) -> Int? {
    guard let value = reader.object[keyword] else { return nil }
    return try number(of: value, at: reader.place.appending(keyword))
  }

  private mutating func schemas(_ keyword: String, _ reader: SchemaReader) throws(SchemaError) -> [Int] {
    var found: [Int] = []
    for (index, value) in (try reader.array(keyword) ?? []).enumerated() {
      found.append(try number(of: value, at: reader.place.appending(keyword).appending(String(index))))
    }
    return found
  }

  private mutating func namedSchemas(
    _ keyword: String, _ reader: SchemaReader
  ) throws(SchemaError) -> [SchemaObjectRules.Property] {
    var found: [SchemaObjectRules.Property] = []
    for member in try reader.members(keyword) ?? [] where keyword != "dependencies" || member.value.array == nil {
      let place = reader.place.appending(keyword).appending(member.name)
      found.append(SchemaObjectRules.Property(name: member.name, schema: try number(of: member.value, at: place)))
    }
    return found
  }

  private mutating func arrayRules(_ reader: SchemaReader) throws(SchemaError) -> SchemaArrayRules? {
    var rules = SchemaArrayRules()
    rules.minItems = try reader.count("minItems")
    rules.maxItems = try reader.count("maxItems")
    rules.uniqueItems = try reader.bool("uniqueItems") ?? false
    rules.prefix = try schemas("prefixItems", reader)
    if reader.object["items"]?.array != nil {
      rules.prefix = try schemas("items", reader)
      rules.items = try schema("additionalItems", reader)
    } else {
      rules.items = try schema("items", reader)
    }
    rules.contains = try schema("contains", reader)
    rules.containsEvaluates = reader.draft == .draft2020
    if reader.draft == .draft2020 {
      rules.minContains = try reader.count("minContains") ?? 1
      rules.maxContains = try reader.count("maxContains")
    }
    let isEmpty =
      rules.minItems == nil && rules.maxItems == nil && !rules.uniqueItems && rules.prefix.isEmpty
      && rules.items == nil && rules.contains == nil
    return isEmpty ? nil : rules
  }

  private mutating func objectRules(_ reader: SchemaReader) throws(SchemaError) -> SchemaObjectRules? {
    var parts = SchemaObjectParts()
    parts.properties = try namedSchemas("properties", reader)
    for property in try namedSchemas("patternProperties", reader) {
      parts.patterns.append((try reader.pattern(property.name, of: "patternProperties"), property.schema))
    }
    parts.additional = try schema("additionalProperties", reader)
    parts.required = try reader.strings("required") ?? []
    parts.names = try schema("propertyNames", reader)
    parts.minProperties = try reader.count("minProperties")
    parts.maxProperties = try reader.count("maxProperties")
    parts.dependentRequired = try reader.dependentNames()
    parts.dependentSchemas = try namedSchemas("dependentSchemas", reader) + namedSchemas("dependencies", reader)
    return parts.isEmpty ? nil : SchemaObjectRules(parts)
  }

  private mutating func logic(_ reader: SchemaReader, in resource: Int) throws(SchemaError) -> SchemaLogic? {
    var parts = SchemaLogic(reference: nil)
    if let text = try reader.string("$ref") {
      parts.reference = try number(at: try documents.target(of: text, in: resource, at: reader.place).place)
    }
    if let text = try reader.string("$dynamicRef"), reader.draft == .draft2020 {
      let (place, anchor) = try documents.target(of: text, in: resource, at: reader.place)
      parts.dynamicReference = (anchor, try number(at: place))
    }
    parts.allOf = try schemas("allOf", reader)
    parts.anyOf = try schemas("anyOf", reader)
    parts.oneOf = try schemas("oneOf", reader)
    parts.not = try schema("not", reader)
    if let test = try schema("if", reader) {
      parts.condition = (test, try schema("then", reader), try schema("else", reader))
    }
    return parts.isEmpty ? nil : parts
  }
}
