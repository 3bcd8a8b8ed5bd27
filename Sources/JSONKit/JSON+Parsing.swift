// SPDX-License-Identifier: Apache-2.0

extension JSON {
  /// Reads one JSON text (RFC 8259, UTF-8, nothing before or after it but white space).
  ///
  /// - Throws: `JSONError` naming the first byte that is wrong, or the limit that was passed.
  public init(parsing bytes: Span<UInt8>, limits: JSONLimits = .default) throws(JSONError) {
    var parser = JSONParser(limits: limits)
    self = try parser.text(in: bytes)
  }

  /// Reads one JSON text from an array of bytes.
  public init(parsing bytes: [UInt8], limits: JSONLimits = .default) throws(JSONError) {
    try self.init(parsing: bytes.span, limits: limits)
  }

  /// Reads one JSON text from a string.
  public init(parsing text: String, limits: JSONLimits = .default) throws(JSONError) {
    try self.init(parsing: text.utf8.span, limits: limits)
  }
}

extension JSONObject {
  /// Reads one JSON text that has to be an object.
  ///
  /// - Throws: `JSONError` naming the first byte that is wrong, or the limit that was passed.
  public init(parsing bytes: Span<UInt8>, limits: JSONLimits = .default) throws(JSONError) {
    guard case .object(let object) = try JSON(parsing: bytes, limits: limits) else {
      throw JSONError(offset: 0, message: "expected an object")
    }
    self = object
  }

  /// Reads one JSON object from an array of bytes.
  public init(parsing bytes: [UInt8], limits: JSONLimits = .default) throws(JSONError) {
    try self.init(parsing: bytes.span, limits: limits)
  }

  /// Reads one JSON object from a string.
  public init(parsing text: String, limits: JSONLimits = .default) throws(JSONError) {
    try self.init(parsing: text.utf8.span, limits: limits)
  }
}
