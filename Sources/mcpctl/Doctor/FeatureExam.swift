// SPDX-License-Identifier: GPL-3.0-or-later
import JSONKit
import MCPClientKit
import MCPCore

/// Whether a server has what it declares.
struct FeatureExam {
  let finding: Examined

  init(_ client: Client) async {
    let declared = client.negotiated.capabilities
    var counts: [String] = []
    var faults: [String] = []
    for (listing, noun) in [(Client.Listing.tools, "tool"), (.resources, "resource"), (.prompts, "prompt")] {
      guard declared[listing.capability] != nil else { continue }
      do throws(ClientError) {
        let elements = try await client.list(listing)[listing.member]?.array ?? []
        counts.append(counted(elements.count, noun))
        if listing == .tools { faults += Self.faults(of: elements) }
      } catch {
        finding = Examined("capabilities", .wrong, "it declares \(listing.capability): \(error.message)")
        return
      }
    }
    let others = declared.names.filter { !["tools", "resources", "prompts"].contains($0) }
    let text = (counts + others).joined(separator: ", ")
    guard faults.isEmpty else {
      finding = Examined(
        "capabilities", .warning,
        "\(text); \(faults.prefix(5).joined(separator: "; "))"
          + (faults.count > 5 ? "; and \(faults.count - 5) more" : ""))
      return
    }
    finding = Examined("capabilities", text.isEmpty ? .warning : .ok, text.isEmpty ? "it declares none" : text)
  }

  /// What would keep clients from calling a tool.
  private static func faults(of tools: [JSON]) -> [String] {
    var seen: Set<String> = []
    return tools.flatMap { tool -> [String] in
      let name = tool.word("name")
      var faults: [String] = []
      if name.isEmpty { faults.append("a tool has no name") }
      if !seen.insert(name).inserted { faults.append("two tools are called \(name)") }
      guard let schema = tool["inputSchema"], schema["type"] == "object" else {
        return faults + ["the input schema of \(name) is not that of an object"]
      }
      for (member, what) in [("inputSchema", "input schema"), ("outputSchema", "output schema")] {
        guard let schema = tool[member] else { continue }
        do { _ = try Schema(compiling: schema) } catch { faults.append("the \(what) of \(name): \(error)") }
      }
      return faults
    }
  }
}
