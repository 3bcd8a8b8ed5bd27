// SPDX-License-Identifier: Apache-2.0

/// The versions of JSON Schema understood.
package enum SchemaDraft: Sendable {
  case draft7, draft2020

  /// The version `$schema` names; nil when it is none of these.
  init?(uri: String) {
    switch uri.hasSuffix("#") ? String(uri.dropLast()) : uri {
    case "https://json-schema.org/draft/2020-12/schema", "https://json-schema.org/draft/2019-09/schema":
      self = .draft2020
    case "http://json-schema.org/draft-07/schema", "https://json-schema.org/draft-07/schema",
      "http://json-schema.org/draft-06/schema", "http://json-schema.org/schema":
      self = .draft7
    default: return nil
    }
  }
}

/// A place in one of the documents.
struct SchemaPlace: Hashable {
  var document: Int
  var pointer = JSONPointer()

  func appending(_ token: String) -> SchemaPlace {
    SchemaPlace(document: document, pointer: pointer.appending(token))
  }
}

/// A schema with an address of its own: a document, or a part of one that has `$id`.
struct SchemaResource {
  let uri: String
  let place: SchemaPlace
  let draft: SchemaDraft
}

/// The documents in use, with every address and anchor in them.
struct SchemaDocuments {
  private(set) var roots: [JSON] = []
  private(set) var resources: [SchemaResource] = []
  private(set) var dynamicAnchors: [(name: String, resource: Int, place: SchemaPlace)] = []
  private var resourceNumbers: [String: Int] = [:]
  private var resourcesByPlace: [SchemaPlace: Int] = [:]
  private var anchors: [String: SchemaPlace] = [:]
  private let available: [String: JSON]

  init(available: [String: JSON]) { self.available = available }

  /// Takes `root` in under the address `uri` and lists what it holds.
  mutating func add(_ root: JSON, uri: String, draft: SchemaDraft) throws(SchemaError) {
    let place = SchemaPlace(document: roots.count)
    roots.append(root)
    resourceNumbers[uri] = resources.count
    try add(root, at: place, uri: uri, draft: draft)
  }

  private mutating func add(
    _ value: JSON, at place: SchemaPlace, uri: String, draft: SchemaDraft
  ) throws(SchemaError) {
    let draft = try Self.draft(of: value, otherwise: draft, knowing: available, at: place)
    var uri = uri
    if let id = Self.identifier(in: value, draft) { uri = URIReference(id).resolved(against: URIReference(uri)) }
    let resource = resources.count
    resources.append(SchemaResource(uri: uri, place: place, draft: draft))
    if resourceNumbers[uri] == nil { resourceNumbers[uri] = resource }
    resourcesByPlace[place] = resource
    try list(value, at: place, in: resource)
  }

  private static func draft(
    of value: JSON, otherwise draft: SchemaDraft, knowing available: [String: JSON], at place: SchemaPlace
  ) throws(SchemaError) -> SchemaDraft {
    guard let uri = value["$schema"]?.string else { return draft }
    if let named = SchemaDraft(uri: uri) { return named }
    if available[uri] != nil { return .draft2020 }
    throw SchemaError(
      pointer: place.pointer.text,
      message: "'$schema' \(uri) is not supported; use draft 2020-12 or draft 7")
  }

  /// The `$id` that gives `value` an address of its own; a mere fragment is an anchor in draft 7.
  private static func identifier(in value: JSON, _ draft: SchemaDraft) -> String? {
    guard let id = value["$id"]?.string, !id.hasPrefix("#") else { return nil }
    return draft == .draft7 && value["$ref"] != nil ? nil : id
  }

  /// Lists the anchors of a subschema and goes into the subschemas it holds.
  private mutating func list(_ value: JSON, at place: SchemaPlace, in resource: Int) throws(SchemaError) {
    let uri = resources[resource].uri
    let draft = resources[resource].draft
    if draft == .draft7 {
      if value["$ref"] == nil, let id = value["$id"]?.string, let fragment = URIReference(id).fragment,
        !fragment.isEmpty
      {
        anchors["\(uri)#\(fragment)"] = place
      }
    } else {
      if let name = value["$anchor"]?.string { anchors["\(uri)#\(name)"] = place }
      if let name = value["$dynamicAnchor"]?.string {
        anchors["\(uri)#\(name)"] = place
        dynamicAnchors.append((name, resource, place))
      }
    }
    for (path, child) in SchemaKeywords.subschemas(of: value) {
      let childPlace = path.reduce(place) { $0.appending($1) }
      if Self.identifier(in: child, draft) != nil {
        try add(child, at: childPlace, uri: uri, draft: draft)
      } else {
        try list(child, at: childPlace, in: resource)
      }
    }
  }
}

extension SchemaDocuments {
  /// What the reference `text`, standing in `resource`, leads to.
  ///
  /// - Returns: The place, and the name of the anchor when it is a dynamic one.
  mutating func target(
    of text: String, in resource: Int, at place: SchemaPlace
  ) throws(SchemaError) -> (place: SchemaPlace, dynamicAnchor: String?) {
    let reference = URIReference(text)
    let uri = reference.resolved(against: URIReference(resources[resource].uri))
    guard let number = try number(of: uri, draft: resources[resource].draft) else {
      throw SchemaError(
        pointer: place.pointer.text,
        message: "'\(text)' leads out of the schema, and nothing is fetched; put its target under '$defs'")
    }
    guard let fragment = PercentEncoding.decoded(reference.fragment ?? ""),
      let target = self.place(of: fragment, in: number)
    else { throw SchemaError(pointer: place.pointer.text, message: "'\(text)' leads to nothing") }
    let isDynamic = dynamicAnchors.contains { $0.name == fragment && $0.place == target }
    return (target, isDynamic ? fragment : nil)
  }

  private mutating func number(of uri: String, draft: SchemaDraft) throws(SchemaError) -> Int? {
    if let number = resourceNumbers[uri] { return number }
    if let document = available[uri] {
      try add(document, uri: uri, draft: draft)
    } else if let text = Metaschemas.text(at: uri), let document = try? JSON(parsing: text) {
      try add(document, uri: uri, draft: draft)
    }
    return resourceNumbers[uri]
  }

  private func place(of fragment: String, in resource: Int) -> SchemaPlace? {
    var place = resources[resource].place
    if fragment.isEmpty { return place }
    guard fragment.hasPrefix("/") else { return anchors["\(resources[resource].uri)#\(fragment)"] }
    for token in JSONPointer.tokens(of: fragment) { place = place.appending(token) }
    return value(at: place) == nil ? nil : place
  }

  /// The value at `place`.
  func value(at place: SchemaPlace) -> JSON? {
    roots[place.document].value(at: JSONPointer.tokens(of: place.pointer.text))
  }

  /// The innermost resource `place` is in.
  func resource(of place: SchemaPlace) -> Int {
    var place = place
    while true {
      if let resource = resourcesByPlace[place] { return resource }
      guard let outer = place.pointer.parent else { return 0 }
      place.pointer = outer
    }
  }
}
