// SPDX-License-Identifier: Apache-2.0

/// A JSON value growing while a type writes its parts. Shared, because containers are handed out before they are full.
final class JSONEncodingNode {
  enum Content {
    case value(JSON)
    case elements([JSONEncodingNode])
    case members([(name: String, node: JSONEncodingNode)])
  }

  var content: Content?
  private var memberNumbers: [String: Int] = [:]

  /// What has been written; a type that writes nothing is an empty object.
  var json: JSON {
    switch content {
    case .value(let value): value
    case .elements(let nodes): .array(nodes.map(\.json))
    case .members(let members):
      .object(JSONObject(members.map { JSONObject.Member(name: $0.name, value: $0.node.json) }))
    case nil: .object(JSONObject())
    }
  }

  func encode<Value: Encodable>(_ value: Value, codingPath: [any CodingKey]) throws {
    try value.encode(to: JSONNodeEncoder(node: self, codingPath: codingPath))
  }

  /// A new node for the member `name`, in the place of an older one.
  func member(_ name: String) -> JSONEncodingNode {
    var members: [(name: String, node: JSONEncodingNode)] = []
    if case .members(let written) = content { members = written }
    content = nil  // so that appending copies nothing
    let node = JSONEncodingNode()
    if let number = memberNumbers[name] {
      members[number].node = node
    } else {
      memberNumbers[name] = members.count
      members.append((name, node))
    }
    content = .members(members)
    return node
  }

  /// How many elements there are.
  var elementCount: Int { if case .elements(let nodes) = content { nodes.count } else { 0 } }

  /// A new node for the next element.
  func element() -> JSONEncodingNode {
    var nodes: [JSONEncodingNode] = []
    if case .elements(let written) = content { nodes = written }
    content = nil  // so that appending copies nothing
    nodes.append(JSONEncodingNode())
    content = .elements(nodes)
    return nodes[nodes.count - 1]
  }
}

/// Takes the parts of one value.
struct JSONNodeEncoder: Encoder, SingleValueEncodingContainer {
  let node: JSONEncodingNode
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    if node.content == nil { node.content = .members([]) }
    return KeyedEncodingContainer(JSONMembersEncoder(node: node, codingPath: codingPath))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    if node.content == nil { node.content = .elements([]) }
    return JSONElementsEncoder(node: node, codingPath: codingPath)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { self }

  private func put(_ value: JSON) { node.content = .value(value) }

  private func put(_ number: JSONNumber?, for value: Any) throws {
    guard let number else {
      throw EncodingError.invalidValue(
        value, EncodingError.Context(codingPath: codingPath, debugDescription: "is infinite or not a number"))
    }
    put(.number(number))
  }

  func encodeNil() { put(.null) }
  func encode(_ value: Bool) { put(.bool(value)) }
  func encode(_ value: String) { put(.string(value)) }
  func encode(_ value: Double) throws { try put(JSONNumber(value), for: value) }
  func encode(_ value: Float) throws {
    try put(value.isFinite ? JSONNumber(Double("\(value)") ?? Double(value)) : nil, for: value)
  }
  func encode(_ value: Int) { put(.number(JSONNumber(value))) }
  func encode(_ value: Int8) { put(.number(JSONNumber(value))) }
  func encode(_ value: Int16) { put(.number(JSONNumber(value))) }
  func encode(_ value: Int32) { put(.number(JSONNumber(value))) }
  func encode(_ value: Int64) { put(.number(JSONNumber(value))) }
  func encode(_ value: Int128) { put(.number(JSONNumber(value))) }
  func encode(_ value: UInt) { put(.number(JSONNumber(value))) }
  func encode(_ value: UInt8) { put(.number(JSONNumber(value))) }
  func encode(_ value: UInt16) { put(.number(JSONNumber(value))) }
  func encode(_ value: UInt32) { put(.number(JSONNumber(value))) }
  func encode(_ value: UInt64) { put(.number(JSONNumber(value))) }
  func encode(_ value: UInt128) { put(.number(JSONNumber(value))) }
  func encode<Value: Encodable>(_ value: Value) throws { try node.encode(value, codingPath: codingPath) }
}

/// Takes members by key.
private struct JSONMembersEncoder<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let node: JSONEncodingNode
  let codingPath: [any CodingKey]

  private func encoder(_ key: some CodingKey) -> JSONNodeEncoder {
    JSONNodeEncoder(node: node.member(key.stringValue), codingPath: codingPath + [key])
  }

  func encodeNil(forKey key: Key) { encoder(key).encodeNil() }
  func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws { try encoder(key).encode(value) }

  func nestedContainer<Inner: CodingKey>(
    keyedBy type: Inner.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Inner> {
    encoder(key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { encoder(key).unkeyedContainer() }
  func superEncoder() -> any Encoder { encoder(JSONKey(stringValue: "super")) }
  func superEncoder(forKey key: Key) -> any Encoder { encoder(key) }
}

/// Takes elements one after the other.
private struct JSONElementsEncoder: UnkeyedEncodingContainer {
  let node: JSONEncodingNode
  let codingPath: [any CodingKey]

  var count: Int { node.elementCount }

  private func encoder() -> JSONNodeEncoder {
    let path = codingPath + [JSONKey(intValue: count)]
    return JSONNodeEncoder(node: node.element(), codingPath: path)
  }

  func encodeNil() { encoder().encodeNil() }
  func encode<Value: Encodable>(_ value: Value) throws { try encoder().encode(value) }

  func nestedContainer<Inner: CodingKey>(keyedBy type: Inner.Type) -> KeyedEncodingContainer<Inner> {
    encoder().container(keyedBy: type)
  }

  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { encoder().unkeyedContainer() }
  func superEncoder() -> any Encoder { encoder() }
}
