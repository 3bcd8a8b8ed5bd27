// SPDX-License-Identifier: Apache-2.0
public import JSONKit
public import MCPCore

/// What the schemas cannot say.
extension WireSchemas {
  /// What is wrong with one message: by the schema of its revision, its `_meta` keys and its error code.
  ///
  /// - Parameters:
  ///   - method: of a response, the method it answers.
  ///   - side: who sent it.
  public static func faults(
    in message: JSON, answering method: String? = nil, from side: Side, in revision: Revision
  ) -> [String] {
    guard areHere else { return [] }
    if case .array(let batch) = message {
      guard revision == .v20250326 else { return ["a batch in \(revision)"] }
      return batch.flatMap { faults(in: $0, from: side, in: revision) }
    }
    var found = keyFaults(in: message)
    if let name = message["method"]?.string {
      let kind = message["id"] == nil ? "Notification" : "Request"
      found += faults(in: message, by: "JSONRPC\(kind)", in: revision)
      if let definition = definition(of: name, kind, from: side, in: revision) {
        found += faults(in: message, by: definition, in: revision)
      } else if revision == .v20260728, name == "notifications/tasks" {
        found += faults(in: message, by: "TaskStatusNotification", ofTasks: true, in: revision)
      }
    } else if let error = message["error"] {
      let isNew = has("JSONRPCErrorResponse", in: revision)
      var response = message.object ?? [:]
      // Older schemas want an id even where nobody could read one: JSON-RPC 2.0 says null, Streamable HTTP leaves it out.
      if !isNew, response["id"] ?? .null == .null { response["id"] = 0 }
      found += faults(in: .object(response), by: isNew ? "JSONRPCErrorResponse" : "JSONRPCError", in: revision)
      found += codeFaults(in: error, in: revision)
    } else {
      let isNew = has("JSONRPCResultResponse", in: revision)
      found += faults(in: message, by: isNew ? "JSONRPCResultResponse" : "JSONRPCResponse", in: revision)
      let other: Side = side == .client ? .server : .client
      let result = message["result"] ?? .null
      if revision == .v20260728, let definition = taskResult(of: method, result) {
        found += faults(in: result, by: definition, ofTasks: true, in: revision)
      } else if let method, let definition = self.result(of: method, result, askedBy: other, in: revision) {
        found += faults(in: result, by: definition, in: revision)
      }
    }
    return found
  }

  private static func result(_ name: String, in revision: Revision) -> String? {
    has(name, in: revision) ? name : has("EmptyResult", in: revision) ? "EmptyResult" : nil
  }

  /// The result of the extension of tasks that `result` is.
  private static func taskResult(of method: String?, _ result: JSON) -> String? {
    if result["resultType"] == "task" { return "CreateTaskResult" }
    return ["tasks/get": "GetTaskResult", "tasks/update": "UpdateTaskResult", "tasks/cancel": "CancelTaskResult"][
      method ?? ""]
  }

  private static func result(
    of method: String, _ result: JSON, askedBy side: Side, in revision: Revision
  ) -> String? {
    if result["resultType"] == "input_required" { return "InputRequiredResult" }
    if revision == .v20251125, method != "tasks/get", result["task"] != nil { return "CreateTaskResult" }
    return definition(of: method, "Request", from: side, in: revision).flatMap {
      self.result(String($0.dropLast("Request".count)) + "Result", in: revision)
    }
  }

  /// Requirements 1.12 to 1.15: codes of JSON-RPC, those the revision defines, and nothing else in the reserved range.
  static func codeFaults(in error: JSON, in revision: Revision) -> [String] {
    guard let code = error["code"]?.int, (-32768...(-32000)).contains(code) else { return [] }
    var known: Set<Int> = [-32700, -32600, -32601, -32602, -32603]
    if revision == .v20260728 { known.formUnion([-32020, -32021, -32022]) } else { known.insert(-32002) }
    if revision == .v20251125 { known.insert(-32042) }
    return known.contains(code) ? [] : ["code \(code) is none of \(revision)"]
  }

  /// Requirements 6.3 to 6.5: the form of keys, and the reserved prefixes.
  static func keyFaults(in json: JSON) -> [String] {
    switch json {
    case .object(let object):
      var found: [String] = []
      for member in object.members {
        if member.name == "_meta", case .object(let meta) = member.value {
          found += meta.members.map(\.name).filter { !isKey($0) }.map { "_meta key \($0)" }
        }
        found += keyFaults(in: member.value)
      }
      return found
    case .array(let elements): return elements.flatMap(keyFaults)
    default: return []
    }
  }

  static func isKey(_ key: String) -> Bool {
    let parts = key.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    let isLetter = { (byte: UInt8) in (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z") }
    let isPlain = { (byte: UInt8) in isLetter(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    guard let name = parts.last?.utf8, name.isEmpty || name.first.map(isPlain) == true, name.last.map(isPlain) ?? true,
      name.allSatisfy({ isPlain($0) || $0 == 0x2D || $0 == 0x5F || $0 == 0x2E })
    else { return false }
    guard parts.count == 2 else { return !name.isEmpty }
    let labels = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    guard
      labels.allSatisfy({ label in
        label.utf8.first.map(isLetter) == true && label.utf8.last.map(isPlain) == true
          && label.utf8.allSatisfy { isPlain($0) || $0 == 0x2D }
      })
    else { return false }
    let isReserved = labels.count > 1 && ["modelcontextprotocol", "mcp"].contains(labels[1])
    return !isReserved || (parts[0] == "io.modelcontextprotocol" && reserved.contains(String(parts[1])))
  }

  /// What the specification defines below its own prefix.
  private static let reserved: Set<String> = [
    "protocolVersion", "clientInfo", "clientCapabilities", "serverInfo", "logLevel", "subscriptionId", "related-task",
    "model-immediate-response",
  ]
}
