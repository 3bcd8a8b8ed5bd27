// SPDX-License-Identifier: Apache-2.0

extension JSON {
  /// Makes a value of a type of your own.
  ///
  /// Numbers have to fit: an `Int` takes `1` and `1.0`, not `1.5`. Members the type does not know are ignored.
  /// - Throws: `JSONError` naming what is missing or of the wrong kind.
  public func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws(JSONError) -> Value {
    do {
      return try JSONValueDecoder(value: self, codingPath: []).unboxed(type)
    } catch let error as DecodingError {
      throw JSONError(message: error.sentence)
    } catch {
      throw JSONError(message: "\(error)")
    }
  }

  /// Makes the JSON of a value of a type of your own.
  ///
  /// - Throws: `JSONError` for infinite numbers and NaN, which JSON cannot say.
  public init(encoding value: some Encodable) throws(JSONError) {
    do {
      let node = JSONEncodingNode()
      try node.encode(value, codingPath: [])
      self = node.json
    } catch let error as EncodingError {
      throw JSONError(message: error.sentence)
    } catch {
      throw JSONError(message: "\(error)")
    }
  }
}

extension JSONObject {
  /// Makes a value of a type of your own.
  ///
  /// - Throws: `JSONError` naming what is missing or of the wrong kind.
  public func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws(JSONError) -> Value {
    try JSON.object(self).decode(type)
  }

  /// Makes the JSON of a value of a type of your own.
  ///
  /// - Throws: `JSONError` when it is not written as an object, or holds a number JSON cannot say.
  public init(encoding value: some Encodable) throws(JSONError) {
    guard case .object(let object) = try JSON(encoding: value) else {
      throw JSONError(message: "the value is not written as an object")
    }
    self = object
  }
}

extension JSON: Codable {
  /// Reads any value, so that a type of your own may have members of any shape.
  public init(from decoder: any Decoder) throws {
    if let decoder = decoder as? JSONValueDecoder {
      self = decoder.value
      return
    }
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int.self) {
      self = .number(JSONNumber(value))
    } else if let value = try? container.decode(Double.self), let number = JSONNumber(value) {
      self = .number(number)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([JSON].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode(JSONObject.self))
    }
  }

  /// Writes any value.
  public func encode(to encoder: any Encoder) throws {
    if let node = encoder as? JSONNodeEncoder {
      node.node.content = .value(self)
      return
    }
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .number(let value):
      if let int = value.int { try container.encode(int) } else { try container.encode(value.double) }
    case .string(let value): try container.encode(value)
    case .array(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }
}

extension JSONObject: Codable {
  /// Reads any object.
  public init(from decoder: any Decoder) throws {
    if case .object(let object) = (decoder as? JSONValueDecoder)?.value {
      self = object
      return
    }
    let container = try decoder.container(keyedBy: JSONKey.self)
    self.init(
      try container.allKeys.map { Member(name: $0.stringValue, value: try container.decode(JSON.self, forKey: $0)) })
  }

  /// Writes any object.
  public func encode(to encoder: any Encoder) throws {
    if let node = encoder as? JSONNodeEncoder {
      node.node.content = .value(.object(self))
      return
    }
    var container = encoder.container(keyedBy: JSONKey.self)
    for member in members { try container.encode(member.value, forKey: JSONKey(stringValue: member.name)) }
  }
}

/// A step of the way to a value, by name or index.
struct JSONKey: CodingKey {
  let stringValue: String
  let intValue: Int?

  init(stringValue: String) { (self.stringValue, intValue) = (stringValue, nil) }
  init(intValue: Int) { (stringValue, self.intValue) = ("\(intValue)", intValue) }
}

extension [any CodingKey] {
  /// The way as a person would write it: `filter.names[0]`; "the value" when empty.
  fileprivate var phrase: String {
    let text = reduce(into: "") { text, key in
      if let index = key.intValue {
        text += "[\(index)]"
      } else {
        text += text.isEmpty ? key.stringValue : ".\(key.stringValue)"
      }
    }
    return text.isEmpty ? "the value" : text
  }
}

extension DecodingError {
  fileprivate var sentence: String {
    switch self {
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      "\(context.codingPath.phrase) \(context.debugDescription)"
    case .keyNotFound(let key, let context): "\((context.codingPath + [key]).phrase) is missing"
    @unknown default: "\(self)"
    }
  }
}

extension EncodingError {
  fileprivate var sentence: String {
    switch self {
    case .invalidValue(_, let context): "\(context.codingPath.phrase) \(context.debugDescription)"
    @unknown default: "\(self)"
    }
  }
}
