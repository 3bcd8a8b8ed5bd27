// SPDX-License-Identifier: GPL-3.0-or-later
import JSONKit

/// Content blocks and resource contents for people. Works on what the server wrote, so unknown kinds still show.
enum ContentText {
  /// One block of a tool result or a prompt message.
  static func block(_ block: JSON) -> String {
    switch block["type"]?.string {
    case "text"?: return block["text"]?.string ?? ""
    case "image"?, "audio"?: return placeholder(block["mimeType"]?.string, base64: block["data"]?.string)
    case "resource"?: return resource(block["resource"] ?? .null)
    case "resource_link"?:
      let name = block["title"]?.string ?? block["name"]?.string
      return "[\(block["uri"]?.string ?? "resource")\(name.map { " \($0)" } ?? "")]"
    default: return block.text
    }
  }

  /// The contents of a resource.
  static func resource(_ contents: JSON) -> String {
    contents["text"]?.string ?? placeholder(contents["mimeType"]?.string, base64: contents["blob"]?.string)
  }

  /// The bytes of a block that holds a file; nil for text and anything undecodable.
  static func file(in block: JSON) -> [UInt8]? {
    let data =
      switch block["type"]?.string {
      case "image"?, "audio"?: block["data"]?.string
      case "resource"?: block["resource"]?["blob"]?.string
      default: block["blob"]?.string
      }
    return data.flatMap(Base64.bytes(lenient:))
  }

  /// The picture a block or the contents of a resource hold; nil for anything else.
  static func picture(in block: JSON) -> Picture? {
    let holder = block["type"]?.string == "resource" ? block["resource"] ?? .null : block
    guard holder["mimeType"]?.string?.hasPrefix("image/") == true, let bytes = file(in: block) else { return nil }
    let text = block["type"] == nil ? resource(block) : Self.block(block)
    return Picture(bytes: bytes, placeholder: text)
  }

  /// Blocks as pieces of a text; nothing where none is a picture.
  static func parts(_ blocks: [JSON], text: (JSON) -> String) -> [TextPart] {
    let parts = blocks.map { block in picture(in: block).map(TextPart.picture) ?? .text(text(block)) }
    return parts.contains { if case .picture = $0 { true } else { false } } ? parts : []
  }

  private static func placeholder(_ type: String?, base64: String?) -> String {
    let digits = base64.map { $0.utf8.count { $0 != UInt8(ascii: "=") } } ?? 0
    let size = digits * 3 / 4
    let amount = size < 1000 ? "\(size) B" : "\((Double(size) / 100).rounded() / 10) kB"
    return "[\(type ?? "binary data") \(amount), --out FILE saves it]"
  }
}

extension Presentation {
  /// A `CallToolResult`.
  init(call result: JSONObject) {
    let blocks = result["content"]?.array ?? []
    let structured = result["structuredContent"]
    let texts = blocks.map(ContentText.block)
    let files = blocks.compactMap(ContentText.file)
    let lone = blocks.count == 1 && blocks[0]["type"]?.string == "text" ? blocks[0]["text"]?.string : nil
    let parsed = lone.flatMap { try? JSON(parsing: $0) }
    self.init(
      .object(result),
      text: blocks.isEmpty ? structured?.pretty ?? "" : texts.map(\.terminated).joined(),
      items: blocks.isEmpty ? structured.map { [$0] } ?? [] : blocks,
      value: structured ?? lone.map { parsed ?? .string($0) } ?? .array(blocks),
      file: files.count == 1 && blocks.count == 1 ? files[0] : nil)
    markup = blocks.isEmpty || parsed?.object != nil || parsed?.array != nil ? .json : .markdown
    parts = ContentText.parts(blocks, text: ContentText.block)
  }

  /// A `ReadResourceResult`.
  init(read result: JSONObject) {
    let contents = result["contents"]?.array ?? []
    let text = contents.count == 1 ? contents[0]["text"]?.string : nil
    let bytes = contents.count == 1 ? ContentText.file(in: contents[0]) : nil
    self.init(
      .object(result), text: contents.map(ContentText.resource).joined(separator: contents.count > 1 ? "\n" : ""),
      items: contents, value: text.map { (try? JSON(parsing: $0)) ?? .string($0) } ?? .array(contents),
      names: contents.compactMap { $0["uri"]?.string }, file: bytes ?? text.map { Array($0.utf8) })
    markup = contents.allSatisfy { $0["mimeType"]?.string?.hasPrefix("text/markdown") == true } ? .markdown : .none
    parts = ContentText.parts(contents, text: ContentText.resource)
  }

  /// A `GetPromptResult`: each message under the name of who speaks.
  init(prompt result: JSONObject) {
    let messages = result["messages"]?.array ?? []
    let text = messages.map { message in
      "\(message["role"]?.string ?? "?"): \(ContentText.block(message["content"] ?? .null).terminated)"
    }
    self.init(.object(result), text: text.joined(), items: messages, value: .array(messages))
    markup = .markdown
  }

  /// The answer to a method this program does not render: JSON for people, too.
  init(other result: JSONObject) {
    self.init(shown: .object(result))
  }
}
