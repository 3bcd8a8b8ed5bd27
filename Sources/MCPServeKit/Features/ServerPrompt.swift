// SPDX-License-Identifier: Apache-2.0
public import MCPCore

/// A prompt with the code that renders it.
public struct ServerPrompt: Sendable {
  /// Renders the prompt's messages from its arguments, the required ones of which are there.
  public typealias Render = @Sendable (RequestContext, [String: String]) async throws -> [PromptMessage]

  /// The prompt as it is listed.
  public var prompt: Prompt
  let render: Render
  var placement = Placement.pool
  var completions: [String: Completions] = [:]
  /// The scopes its callers need.
  var neededScopes: [String] = []

  /// Makes a prompt. `render` runs on a pool of threads and may block.
  public init(_ prompt: Prompt, render: @escaping Render) {
    self.prompt = prompt
    self.render = render
  }

  /// Makes a prompt from its name, its purpose and its arguments.
  public init(
    _ name: String, _ description: String, _ arguments: Prompt.Argument..., render: @escaping Render
  ) {
    self.init(Prompt(name: name, description: description, arguments: arguments), render: render)
  }

  /// The prompt with a handler that runs on the server's event loop; see `ServerTool.onLoop`.
  public var onLoop: ServerPrompt {
    var prompt = self
    prompt.placement = .loop
    return prompt
  }

  /// The prompt for callers that have all of `scopes`; see `ServerTool.requires`.
  public func requires(scopes: String...) -> ServerPrompt {
    var prompt = self
    prompt.neededScopes += scopes
    return prompt
  }

  /// The prompt with suggestions for one of its arguments.
  public func completing(_ argument: String, _ completions: Completions) -> ServerPrompt {
    var prompt = self
    prompt.completions[argument] = completions
    return prompt
  }
}
