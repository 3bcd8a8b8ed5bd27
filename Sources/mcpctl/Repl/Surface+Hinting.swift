// SPDX-License-Identifier: GPL-3.0-or-later
import JSONKit
import MCPClientKit

extension Surface {
  /// What the tool that is being called takes besides what stands there already, behind a finished word.
  func signature(behind line: String) -> String? {
    let typed = TypedLine(line)
    guard typed.begun.isEmpty, typed.quote == nil, !typed.isOpaque else { return nil }
    var words = typed.words[...]
    if words.count >= 2, words[1] == "=" { words = words.dropFirst(2) }
    words = words.drop { $0 == "call" || $0 == "tools/call" }
    guard let name = words.first, let tool = element(.tools, name) else { return nil }
    let schema = InputSchema(tool["inputSchema"]?.object ?? [:])
    let given = Set(words.dropFirst().compactMap { try? ArgumentWord($0).steps.first })
    let free = schema.properties.filter { !given.contains(.name($0.name)) }
    let (needed, others) = (
      free.filter { schema.required.contains($0.name) }.map { "\($0.name)=\($0.schema.kind)" },
      free.filter { !schema.required.contains($0.name) }.map { "[\($0.name)=\($0.schema.kind)]" }
    )
    let text = (needed + others).joined(separator: " ")
    return text.isEmpty ? nil : text
  }
}
