// SPDX-License-Identifier: Apache-2.0

extension JSON {
  /// The spelling for people: two spaces per level, one member or element a line, no newline at the end.
  public var pretty: String {
    var bytes: [UInt8] = []
    writePretty(to: &bytes, indent: 0)
    return String(decoding: bytes, as: UTF8.self)
  }

  private func writePretty(to bytes: inout [UInt8], indent: Int) {
    switch self {
    case .array(let elements) where !elements.isEmpty:
      bytes.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        bytes.append(newlineAfter: index > 0, indent: indent + 1)
        element.writePretty(to: &bytes, indent: indent + 1)
      }
      bytes.append(newlineAfter: false, indent: indent)
      bytes.append(UInt8(ascii: "]"))
    case .object(let object) where !object.isEmpty:
      bytes.append(UInt8(ascii: "{"))
      for (index, member) in object.members.enumerated() {
        bytes.append(newlineAfter: index > 0, indent: indent + 1)
        bytes.append(quoting: member.name)
        bytes.append(contentsOf: [UInt8(ascii: ":"), UInt8(ascii: " ")])
        member.value.writePretty(to: &bytes, indent: indent + 1)
      }
      bytes.append(newlineAfter: false, indent: indent)
      bytes.append(UInt8(ascii: "}"))
    case .null, .bool, .number, .string, .array, .object: write(to: &bytes)
    }
  }
}

extension JSONObject {
  /// The spelling for people: two spaces per level, one member a line, no newline at the end.
  public var pretty: String { JSON.object(self).pretty }
}

extension [UInt8] {
  fileprivate mutating func append(newlineAfter comma: Bool, indent: Int) {
    if comma { append(UInt8(ascii: ",")) }
    append(UInt8(ascii: "\n"))
    append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * indent))
  }
}
