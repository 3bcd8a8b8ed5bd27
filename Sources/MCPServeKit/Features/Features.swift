// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore

/// Everything a server offers at one moment. Never changes: a change makes a new one, so requests read without locks.
final class Features: Sendable {
  let tools: Catalog<ServerTool>
  let resources: Catalog<ServerResource>
  let templates: Catalog<ServerResource>
  let prompts: Catalog<ServerPrompt>
  /// The kinds there have been features of, so far.
  let kinds: FeatureKinds
  /// Whether any tool's arguments are repeated in headers.
  let hasParameterHeaders: Bool
  /// The scopes that any of them needs.
  let neededScopes: Set<String>
  /// Whether there are tools whose calls may be tasks.
  let offersTasks: Bool

  init(_ draft: Draft = Draft()) {
    tools = draft.tools
    resources = draft.resources
    templates = draft.templates
    prompts = draft.prompts
    kinds = draft.kinds
    hasParameterHeaders = draft.tools.rows.contains { $0.entry.headers != nil }
    neededScopes = draft.tools.neededScopes.union(draft.resources.neededScopes).union(draft.templates.neededScopes)
      .union(draft.prompts.neededScopes)
    offersTasks = draft.tools.rows.contains { $0.entry.terms != nil }
  }

  /// The same, open for changes.
  struct Draft {
    var tools = Catalog<ServerTool>()
    var resources = Catalog<ServerResource>()
    var templates = Catalog<ServerResource>()
    var prompts = Catalog<ServerPrompt>()
    var kinds: FeatureKinds = []
  }

  var draft: Draft { Draft(tools: tools, resources: resources, templates: templates, prompts: prompts, kinds: kinds) }

  var offersCompletions: Bool {
    prompts.rows.contains { !$0.entry.completions.isEmpty } || templates.rows.contains { !$0.entry.completions.isEmpty }
  }
}

extension Features.Draft {
  /// Adds a feature.
  /// - Throws: `FeatureError` naming it, when its name is taken or not allowed.
  mutating func insert(_ feature: Feature) throws(FeatureError) {
    switch feature {
    case .tool(var tool):
      try checkName(ofTool: tool.tool.name)
      if let error = tool.malformed { throw FeatureError(error.code, "tool \(tool.tool.name): \(error.message)") }
      tool.adoptTaskSupport()
      tool.meter = ToolMeter()
      if let schema = tool.tool.outputSchema {
        tool.outputSchema = try Schema(schema, of: "output of tool \(tool.tool.name)")
      }
      do throws(InvalidShape) {
        tool.headers = try ParameterHeaders(tool.tool.inputSchema)
      } catch {
        throw FeatureError(.malformed, "input of tool \(tool.tool.name): \(error)")
      }
      try check(tools.insert(tool, name: tool.tool.name, listing: tool.tool.json), tool.tool.name)
    case .resource(let resource): try insert(resource)
    case .prompt(let prompt):
      guard !prompt.prompt.name.isEmpty else { throw FeatureError(.illegalName, "a prompt needs a name") }
      try check(
        prompts.insert(prompt, name: prompt.prompt.name, listing: prompt.prompt.json),
        prompt.prompt.name)
    }
    kinds.insert(FeatureKinds(feature.kind))
  }

  private mutating func insert(_ resource: ServerResource) throws(FeatureError) {
    switch resource.listing {
    case .fixed(let listing):
      guard listing.uri.utf8.contains(UInt8(ascii: ":")) else {
        throw FeatureError(
          .illegalName, "'\(listing.uri)' is no URI: it needs a scheme, such as file:///\(listing.uri)")
      }
      try check(resources.insert(resource, name: listing.uri, listing: listing.json), listing.uri)
    case .family(let listing):
      var resource = resource
      do throws(JSONError) {
        resource.template = try URITemplate(listing.uriTemplate)
      } catch {
        throw FeatureError(.malformed, "'\(listing.uriTemplate)' is no URI template: \(error)")
      }
      try check(
        templates.insert(resource, name: listing.uriTemplate, listing: listing.json),
        listing.uriTemplate)
    }
  }

  private func check(_ isInserted: Bool, _ name: String) throws(FeatureError) {
    if !isInserted { throw FeatureError(.duplicate, "'\(name)' is registered already: choose another name") }
  }

  /// Spec: 2025-11-25, server/tools, "Tool Names".
  private func checkName(ofTool name: String) throws(FeatureError) {
    guard !name.isEmpty else { throw FeatureError(.illegalName, "a tool needs a name") }
    let isLegal = name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
        true
      default: false
      }
    }
    guard isLegal, name.utf8.count <= 128 else {
      throw FeatureError(
        .illegalName, "'\(name)' is no tool name: use 1 to 128 letters, digits, underscores, hyphens and dots")
    }
  }
}

/// The kinds of features a server lists.
public enum FeatureKind: String, Sendable, CaseIterable {
  /// Tools.
  case tools
  /// Resources and resource templates.
  case resources
  /// Prompts.
  case prompts
}

/// Several kinds, cheap to look into.
struct FeatureKinds: OptionSet, Sendable {
  let rawValue: UInt8
  init(rawValue: UInt8) { self.rawValue = rawValue }

  init(_ kind: FeatureKind) {
    switch kind {
    case .tools: self.init(rawValue: 1)
    case .resources: self.init(rawValue: 2)
    case .prompts: self.init(rawValue: 4)
    }
  }
}

extension Feature {
  var kind: FeatureKind {
    switch self {
    case .tool: .tools
    case .resource: .resources
    case .prompt: .prompts
    }
  }
}

extension FeatureKind {
  /// The notification that says that features of this kind came or went.
  var listChanged: Method {
    switch self {
    case .tools: .toolsListChanged
    case .resources: .resourcesListChanged
    case .prompts: .promptsListChanged
    }
  }
}
