// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore

/// What tools promise about their structured output, as far as they were listed.
///
/// Spec: 2025-06-18 and later, server/tools, "Output Schema": clients should check it.
struct OutputSchemas {
  private enum Promise {
    case listed(JSON)
    case compiled(Schema)
  }

  private var promises: [String: Promise] = [:]

  /// The most tools remembered: 10 000.
  private static let limit = 10_000

  /// Learns from a page of tools.
  mutating func learn(from page: JSONObject) {
    for tool in page["tools"]?.array ?? [] {
      guard let name = tool["name"]?.string else { continue }
      promises[name] = nil
      if let schema = tool["outputSchema"], promises.count < Self.limit { promises[name] = .listed(schema) }
    }
  }

  /// What is wrong with a tool's result; nil when nothing is, or nothing was promised. A tool that failed promises
  /// nothing.
  mutating func fault(in result: JSONObject, of tool: String) -> String? {
    guard result["isError"] != true, let promise = promises[tool] else { return nil }
    let schema: Schema
    switch promise {
    case .compiled(let compiled): schema = compiled
    case .listed(let json):
      do throws(SchemaError) {
        schema = try Schema(compiling: json)
        promises[tool] = .compiled(schema)
      } catch {
        return "its outputSchema cannot be used: \(error)"
      }
    }
    guard let structured = result["structuredContent"] else { return "there is no structuredContent" }
    let faults = schema.validate(structured)
    return faults.isEmpty ? nil : faults.map(\.message).joined(separator: "; ")
  }
}
