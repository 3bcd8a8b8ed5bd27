// SPDX-License-Identifier: Apache-2.0

/// Header fields in their order; names are compared without regard to case.
///
/// The text is kept as one block of bytes, as it travels: reading a request copies its header once, and writing a
/// response copies the block once. Strings are made when asked for.
package struct HTTPHeaders: Sendable {
  /// Where a field's parts are in the block.
  struct Field: Sendable {
    var nameStart: UInt16
    var nameCount: UInt16
    var valueStart: UInt16
    var valueCount: UInt16
  }

  /// Every field as `name: value CR LF`.
  private(set) var bytes: [UInt8]
  private(set) var fields: [Field]

  package init() {
    bytes = []
    fields = []
  }

  /// Takes over a block that has been checked, each field with its line end.
  init(bytes: [UInt8], fields: [Field]) {
    self.bytes = bytes
    self.fields = fields
  }

  /// The value of the first field of that name, without surrounding spaces.
  package subscript(name: String) -> String? {
    index(of: name).map { text(fields[$0].value) }
  }

  /// Every value of that name, in order.
  package func values(of name: String) -> [String] {
    var values: [String] = []
    var next = index(of: name)
    while let index = next {
      values.append(text(fields[index].value))
      next = self.index(of: name, from: index + 1)
    }
    return values
  }

  /// Hands the bytes of the first value of that name to `body`, without making a string; nil when there is none.
  package func withValue<Result>(of name: String, _ body: (Span<UInt8>) throws -> Result) rethrows -> Result? {
    guard let index = index(of: name) else { return nil }
    return try body(bytes.span.extracting(fields[index].value))
  }

  /// Hands the bytes of the value of that name to `body`; nil when there is none, or more than one.
  package func withOnlyValue<Result>(of name: String, _ body: (Span<UInt8>) throws -> Result) rethrows -> Result? {
    guard let index = index(of: name), self.index(of: name, from: index + 1) == nil else { return nil }
    return try body(bytes.span.extracting(fields[index].value))
  }

  /// Where the value of that name, in lower case, is in the block; nil when there is none, or more than one.
  func onlyValue(of name: StaticString) -> Range<Int>? {
    let block = bytes.span
    let found = fields.indices.filter { block.extracting(fields[$0].name).isSame(name) }
    return found.count == 1 ? fields[found[0]].value : nil
  }

  /// The same fields with other bytes of the same number as the value there.
  func replacing(_ value: Range<Int>, with bytes: Span<UInt8>) -> HTTPHeaders {
    var copy = self
    copy.bytes.withUnsafeMutableBufferPointer { block in
      for index in bytes.indices { block[value.lowerBound + index] = bytes[index] }
    }
    return copy
  }

  /// Whether a field of that name exists.
  package func contains(_ name: String) -> Bool { index(of: name) != nil }

  /// How many fields of that name there are.
  package func count(of name: String) -> Int {
    var count = 0
    var next = index(of: name)
    while let index = next {
      count += 1
      next = self.index(of: name, from: index + 1)
    }
    return count
  }

  /// Adds a field after the others. Bytes that could end the field early (CR, LF, NUL) become spaces.
  ///
  /// A field that would make the block larger than 64 KiB is left out.
  package mutating func add(_ name: String, _ value: String) {
    let start = bytes.count
    let end = start + name.utf8.count + 2 + value.utf8.count
    guard end + 2 <= Int(UInt16.max) else { return }
    append(name)
    bytes.append(UInt8(ascii: ":"))
    bytes.append(UInt8(ascii: " "))
    append(value)
    bytes.append(UInt8(ascii: "\r"))
    bytes.append(UInt8(ascii: "\n"))
    fields.append(
      Field(
        nameStart: UInt16(start), nameCount: UInt16(name.utf8.count), valueStart: UInt16(end - value.utf8.count),
        valueCount: UInt16(value.utf8.count)))
  }

  /// Makes `value` the only one of that name.
  package mutating func set(_ name: String, _ value: String) {
    remove(name)
    add(name, value)
  }

  /// Removes every field of that name.
  package mutating func remove(_ name: String) {
    guard contains(name) else { return }
    var rest = HTTPHeaders()
    for field in self where !HTTPHeaders.isSame(field.name, name) { rest.add(field.name, field.value) }
    self = rest
  }

  private mutating func append(_ text: String) {
    for byte in text.utf8 {
      bytes.append(byte == 0x0D || byte == 0x0A || byte == 0 ? UInt8(ascii: " ") : byte)
    }
  }

  private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}

extension HTTPHeaders.Field {
  var name: Range<Int> { Int(nameStart)..<Int(nameStart) + Int(nameCount) }
  var value: Range<Int> { Int(valueStart)..<Int(valueStart) + Int(valueCount) }
}

extension HTTPHeaders: Sequence {
  /// The fields as text, in order.
  package func makeIterator() -> AnyIterator<(name: String, value: String)> {
    var next = 0
    return AnyIterator {
      guard next < fields.count else { return nil }
      defer { next += 1 }
      return (text(fields[next].name), text(fields[next].value))
    }
  }

  package var underestimatedCount: Int { fields.count }
  package var count: Int { fields.count }
  package var isEmpty: Bool { fields.isEmpty }
}

extension HTTPHeaders: ExpressibleByDictionaryLiteral {
  package init(dictionaryLiteral elements: (String, String)...) {
    self.init()
    for (name, value) in elements { add(name, value) }
  }
}

extension HTTPHeaders: Equatable {
  /// Same fields in the same order, whatever the case of their names.
  package static func == (one: HTTPHeaders, other: HTTPHeaders) -> Bool {
    one.fields.count == other.fields.count
      && zip(one, other).allSatisfy { isSame($0.name, $1.name) && $0.value.utf8.elementsEqual($1.value.utf8) }
  }
}

extension HTTPHeaders {
  /// The position of the first field of that name, from a position on.
  private func index(of name: String, from first: Int = 0) -> Int? {
    let wanted = name.utf8.span
    let block = bytes.span
    let fields = fields.span
    guard wanted.count > 0 else { return nil }
    let last = wanted[wanted.count - 1].asciiLowercased
    var index = first
    while index < fields.count {
      let field = fields[index]
      // Names that are equally long seldom end alike.
      if Int(field.nameCount) == wanted.count,
        block[Int(field.nameStart) + wanted.count - 1].asciiLowercased == last,
        HTTPHeaders.isSame(block.extracting(field.name), wanted)
      {
        return index
      }
      index += 1
    }
    return nil
  }

  private static func isSame(_ one: String, _ other: String) -> Bool {
    var (one, other) = (one, other)
    return one.withUTF8 { one in other.withUTF8 { other in isSame(one.span, other.span) } }
  }

  /// Whether two names are the same but for the case of their letters.
  ///
  /// One bit tells the cases of a letter apart. Bytes that differ in it alone and are no letters do not occur in the
  /// names that are looked up, which are made of letters, digits and hyphens.
  static func isSame(_ one: Span<UInt8>, _ other: Span<UInt8>) -> Bool {
    guard one.count == other.count else { return false }
    let cases: UInt64 = 0x2020_2020_2020_2020
    var index = 0
    while index &+ 8 <= one.count {
      guard one.word(at: index) | cases == other.word(at: index) | cases else { return false }
      index &+= 8
    }
    while index < one.count {
      guard one[index] | 0x20 == other[index] | 0x20 else { return false }
      index &+= 1
    }
    return true
  }
}

extension UInt8 {
  var asciiLowercased: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }
}
