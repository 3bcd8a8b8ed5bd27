// SPDX-License-Identifier: Apache-2.0
public import JSONKit

/// A conversation written down: prose, lines the client sends (`> `) and lines the server must send (`< `).
///
/// - A line that begins with two spaces goes on with the line before.
/// - A value `"$name"` in a line of the server is whatever it sends there, and is put in where `$name` stands in a later
///   line. A line `$name = text` says what a name stands for.
/// - After `<~ ` stands what the server says in the end: the request before it is sent until it does.
/// - `a> ` and `a< ` are said on a connection called `a`.
///
/// Sentences that stand on lines of their own say what has to be known to replay it: see who asks for `says`.
public struct Transcript: Sendable, CustomStringConvertible {
  /// What is said by one side.
  public struct Line: Sendable {
    /// Whether the client says it.
    public let isFromClient: Bool
    /// Whether it comes only when the request before was sent often enough.
    public let isEventual: Bool
    /// The connection it is said on.
    public let peer: String
    /// What is said.
    public fileprivate(set) var text: String
    /// Its place in the file.
    public let number: Int

    fileprivate init?(_ line: Substring, number: Int) {
      guard let space = line.firstIndex(of: " ") else { return nil }
      let peer = line[..<space].prefix { $0.isLetter }
      let mark = line[peer.endIndex..<space]
      guard mark == ">" || mark == "<" || mark == "<~" else { return nil }
      (isFromClient, isEventual) = (mark == ">", mark == "<~")
      self.peer = String(peer)
      text = String(line[line.index(after: space)...])
      self.number = number
    }
  }

  /// The file, below the folder of all transcripts.
  public let name: String
  /// What is said.
  public let lines: [Line]
  private let sentences: Set<Substring>

  /// Its name.
  public var description: String { name }

  /// Reads what a file holds.
  public init(name: String, text: String) {
    self.name = name
    var (lines, names): ([Line], Bindings) = ([], [:])
    let rows = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, row) in rows.enumerated() {
      if let line = Line(row, number: index + 1) {
        lines.append(line)
      } else if row.hasPrefix("  "), !lines.isEmpty {
        lines[lines.count - 1].text += row.drop { $0 == " " }
      } else if row.hasPrefix("$"), let sign = row.firstIndex(of: "=") {
        names[row[..<sign].filter { $0 != " " }] = String(row[sign...].dropFirst(2))
      }
    }
    for index in lines.indices { lines[index].text = lines[index].text.filled(names) }
    self.lines = lines
    sentences = Set(rows)
  }

  /// Whether a line of it is this sentence.
  public func says(_ sentence: String) -> Bool { sentences.contains(sentence[...]) }

  /// The transcripts in `folders` below `Tests/Transcripts`.
  public static func inFolders(_ folders: [String]) -> [Transcript] {
    let root = "/" + #filePath.split(separator: "/").dropLast(2).joined(separator: "/") + "/Transcripts"
    return folders.flatMap { folder in
      files(in: "\(root)/\(folder)").filter { $0.hasSuffix(".txt") }.sorted().map { file in
        let text = contents(of: "\(root)/\(folder)/\(file)").map { String(decoding: $0, as: UTF8.self) }
        return Transcript(name: "\(folder)/\(file)", text: text ?? "")
      }
    }
  }
}

extension Transcript {
  /// What a client of either era sends along with `text`.
  public static func headers(of text: String, _ session: String?) -> [String: String] {
    guard let request = try? JSON(parsing: text), let params = request["params"],
      let version = params["_meta"]?["io.modelcontextprotocol/protocolVersion"]?.string
    else { return session.map { ["Mcp-Session-Id": $0] } ?? [:] }
    var headers = ["MCP-Protocol-Version": version, "Mcp-Method": request["method"]?.string ?? ""]
    headers["Mcp-Name"] = (params["name"] ?? params["uri"] ?? params["taskId"])?.string
    return headers
  }
}

/// What the names of a transcript stand for.
public typealias Bindings = [String: String]

extension String {
  /// The text with what its names stand for.
  public func filled(_ bindings: Bindings) -> String {
    var text = self
    // The longest first: one name may begin with another.
    for (name, value) in bindings.sorted(by: { $0.key.utf8.count > $1.key.utf8.count }) where text.contains("$") {
      text = text.split(separator: name, omittingEmptySubsequences: false).joined(separator: value)
    }
    return text
  }
}

/// Whether `actual` is what was expected.
public func matches(_ actual: JSON, _ expected: JSON) -> Bool {
  var bindings: Bindings = [:]
  return matches(actual, expected, &bindings)
}

/// Whether `actual` is what was expected: members in any order, `"..."` for any value, `"$name"` for any string.
public func matches(_ actual: JSON, _ expected: JSON, _ bindings: inout Bindings) -> Bool {
  switch (actual, expected) {
  case (_, .string("...")): return true
  case (.string(let value), .string(let name)) where name.hasPrefix("$"):
    bindings[name] = value
    return true
  case (.object(let actual), .object(let expected)):
    return actual.count == expected.count
      && expected.members.allSatisfy { member in
        actual[member.name].map { matches($0, member.value, &bindings) } ?? false
      }
  case (.array(let actual), .array(let expected)):
    return actual.count == expected.count && zip(actual, expected).allSatisfy { matches($0, $1, &bindings) }
  default: return actual == expected
  }
}
