// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The specification's own schemas of what may be sent: MCPCTL_SCHEMAS, else `../shared/spec`.
///
/// Without them nothing is checked, and tests that check nothing else are skipped.
public enum WireSchemas {
  /// Who sends a message.
  public enum Side: String, Sendable {
    /// The client.
    case client = "Client"
    /// The server.
    case server = "Server"
  }

  private static let folder: String? = {
    let named = getenv("MCPCTL_SCHEMAS").map { String(cString: $0) }
    let sources = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    return [named, "/\(sources)/../shared/spec"].compactMap { $0 }.first {
      access("\($0)/schema-2026-07-28.json", R_OK) == 0
    }
  }()

  /// Whether the schemas are there.
  public static var areHere: Bool { folder != nil }

  private static let documents: [Revision: JSONObject] = {
    var documents: [Revision: JSONObject] = [:]
    for revision in Revision.allCases {
      guard let folder, let text = contents(of: "\(folder)/schema-\(revision).json") else { continue }
      documents[revision] = (try? JSON(parsing: text))?.object
    }
    return documents
  }()

  /// What is defined by the extension of tasks, for the newest revision.
  private static let tasks: JSONObject? =
    folder.flatMap { contents(of: "\($0)/schema-ext-tasks-draft.json") }.flatMap { try? JSON(parsing: $0).object }

  private static let compiled = Mutex<[String: Schema]>([:])

  /// The definitions of a revision, under whatever name its draft keeps them.
  static func definitions(in revision: Revision) -> JSONObject {
    (documents[revision]?["$defs"] ?? documents[revision]?["definitions"])?.object ?? [:]
  }

  /// Whether a revision defines `name`.
  static func has(_ name: String, in revision: Revision) -> Bool { definitions(in: revision)[name] != nil }

  /// What is wrong with `value` by the definition `name`; nothing where there are no schemas.
  ///
  /// - Parameter ofTasks: by the extension of tasks rather than the revision itself.
  static func faults(in value: JSON, by name: String, ofTasks: Bool = false, in revision: Revision) -> [String] {
    guard var document = ofTasks ? tasks : documents[revision] else { return [] }
    let key = "\(revision)\(ofTasks ? " tasks" : "") \(name)"
    let schema = compiled.withLock { schemas -> Schema? in
      if let schema = schemas[key] { return schema }
      document["$ref"] = .string("#/\(document["$defs"] == nil ? "definitions" : "$defs")/\(name)")
      // Next to $ref, draft 7 ignores everything, so the definition alone is all that is checked.
      let schema = try? Schema(compiling: .object(document))
      schemas[key] = schema
      return schema
    }
    guard let schema else { return ["the definition \(name) of \(revision) cannot be used"] }
    return schema.validate(value).map { "\(key) \($0)" }
  }

  /// The definition of the message called `method` that `side` sends; nil when the revision has none.
  ///
  /// - Parameter kind: `Request` or `Notification`.
  static func definition(of method: String, _ kind: String, from side: Side, in revision: Revision) -> String? {
    let definitions = definitions(in: revision)
    let union = definitions[side.rawValue + kind]
    let names =
      union?["anyOf"]?.array?.compactMap { $0["$ref"]?.string?.split(separator: "/").last.map(String.init) }
      ?? (union == nil ? [] : [side.rawValue + kind])
    return names.first { definitions[$0]?["properties"]?["method"]?["const"]?.string == method }
  }
}
