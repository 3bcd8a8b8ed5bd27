// SPDX-License-Identifier: Apache-2.0
public import JSONKit

/// What a client can be asked (schema: `ClientCapabilities`).
public enum ClientCapability: Sendable, Hashable, CaseIterable {
  /// To sample from its model.
  case sampling
  /// To let the model call tools (2025-11-25).
  case samplingTools
  /// To add the context of servers (2025-11-25; before, every client that samples may).
  case samplingContext
  /// To have its user fill in a form (2025-06-18).
  case form
  /// To have its user open a URL (2025-11-25).
  case url
  /// To tell where it works.
  case roots

  /// Whether `capabilities` declare it, in a revision that has it.
  public func isDeclared(in capabilities: JSONObject, _ revision: Revision) -> Bool {
    let sampling = capabilities["sampling"]?.object
    let elicitation = capabilities["elicitation"]?.object
    switch self {
    case .sampling: return sampling != nil
    case .samplingTools: return revision.hasSamplingTools && sampling?["tools"]?.object != nil
    case .samplingContext:
      return revision.hasSamplingTools ? sampling?["context"]?.object != nil : sampling != nil
    case .form:
      guard revision.hasElicitation, let elicitation else { return false }
      // An empty object means forms alone.
      return !revision.hasURLElicitation || elicitation["form"]?.object != nil || elicitation["url"] == nil
    case .url: return revision.hasURLElicitation && elicitation?["url"]?.object != nil
    case .roots: return capabilities["roots"]?.object != nil
    }
  }

  /// The capabilities as a client declares them.
  static func json(_ capabilities: Set<ClientCapability>) -> JSONObject {
    var json = JSONObject()
    func declare(_ name: String, _ parts: [(ClientCapability, String)]) {
      let members = parts.filter { capabilities.contains($0.0) }.map { JSONObject.Member(name: $0.1, value: [:]) }
      json[name] = .object(JSONObject(members))
    }
    if !capabilities.isDisjoint(with: [.sampling, .samplingTools, .samplingContext]) {
      declare("sampling", [(.samplingContext, "context"), (.samplingTools, "tools")])
    }
    if !capabilities.isDisjoint(with: [.form, .url]) { declare("elicitation", [(.form, "form"), (.url, "url")]) }
    if capabilities.contains(.roots) { json["roots"] = [:] }
    return json
  }
}
