// SPDX-License-Identifier: Apache-2.0
public import JSONKit

/// What a server asks a client's model for, and what it gets (deprecated in 2026-07-28, still served).
///
/// Spec: 2025-11-25 and 2026-07-28, client/sampling.
public enum Sampling {}

extension Sampling {
  /// What the model is to answer (schema: `CreateMessageRequestParams`).
  public struct Request: Sendable, Hashable {
    /// Which servers' context the client may add. What it means is up to the client.
    public enum Context: String, Sendable {
      /// None.
      case none
      /// That of the server that asks.
      case thisServer
      /// That of all servers.
      case allServers
    }

    /// Whether the model has to use tools (2025-11-25).
    public enum ToolChoice: String, Sendable {
      /// The model decides.
      case auto
      /// At least one.
      case required
      /// None.
      case none
    }

    /// The conversation so far.
    public var messages: [Message]
    /// The most tokens the answer may have.
    public var maxTokens: Int
    /// What the model is told first.
    public var systemPrompt: String?
    /// Which model is wanted; the client decides.
    public var preferences: Preferences?
    /// How freely the model chooses.
    public var temperature: Double?
    /// Texts that end the answer.
    public var stopSequences: [String]
    /// Which servers' context is wanted; left out for clients that cannot add any.
    public var includeContext: Context?
    /// What the model's provider is to be told.
    public var metadata: JSONObject?
    /// What the model may call; the server runs the calls itself (2025-11-25).
    public var tools: [Tool]
    /// Whether the model has to use tools; nil lets it decide.
    public var toolChoice: ToolChoice?

    /// Makes a request.
    public init(
      _ messages: [Message], maxTokens: Int, systemPrompt: String? = nil, preferences: Preferences? = nil,
      temperature: Double? = nil, stopSequences: [String] = [], includeContext: Context? = nil,
      metadata: JSONObject? = nil, tools: [Tool] = [], toolChoice: ToolChoice? = nil
    ) {
      self.messages = messages
      self.maxTokens = maxTokens
      self.systemPrompt = systemPrompt
      self.preferences = preferences
      self.temperature = temperature
      self.stopSequences = stopSequences
      self.includeContext = includeContext
      self.metadata = metadata
      self.tools = tools
      self.toolChoice = toolChoice
    }
  }

  /// What kind of model is wanted (schema: `ModelPreferences`). Priorities go from 0 to 1.
  public struct Preferences: Sendable, Hashable {
    /// Names of models or parts of them, the best first.
    public var hints: [String]
    /// How much a low price matters.
    public var cost: Double?
    /// How much a fast answer matters.
    public var speed: Double?
    /// How much ability matters.
    public var intelligence: Double?

    /// Makes preferences.
    public init(
      hints: [String] = [], cost: Double? = nil, speed: Double? = nil, intelligence: Double? = nil
    ) {
      self.hints = hints
      self.cost = cost
      self.speed = speed
      self.intelligence = intelligence
    }
  }

  /// One turn of the conversation (schema: `SamplingMessage`).
  public struct Message: Sendable, Hashable {
    /// Who speaks.
    public var role: PromptMessage.Role
    /// What is said; more than one block since 2025-11-25.
    public var content: [Content]
    /// The message's `_meta`.
    public var meta: JSONObject?

    /// Makes a message.
    public init(_ role: PromptMessage.Role, _ content: [Content], meta: JSONObject? = nil) {
      self.role = role
      self.content = content
      self.meta = meta
    }

    /// Some text of the person's.
    public static func user(_ text: String) -> Message { Message(.user, [.text(text)]) }
    /// Some text of the model's.
    public static func assistant(_ text: String) -> Message { Message(.assistant, [.text(text)]) }
  }

  /// What the model answered (schema: `CreateMessageResult`).
  public struct Result: Sendable, Hashable {
    /// The answer, ready to be the next message of the conversation.
    public var message: Message
    /// The model that answered.
    public var model: String
    /// Why it stopped: `endTurn`, `stopSequence`, `maxTokens`, `toolUse` or the provider's own word.
    public var stopReason: String?

    /// Makes a result.
    public init(_ message: Message, model: String, stopReason: String? = nil) {
      self.message = message
      self.model = model
      self.stopReason = stopReason
    }

    /// The text of the answer, its blocks put together.
    public var text: String {
      message.content.map { if case .text(let text) = $0 { text } else { "" } }.joined()
    }

    /// The calls the model wants to make before it goes on.
    public var toolUses: [ToolUse] {
      message.content.compactMap { if case .toolUse(let use) = $0 { use } else { nil } }
    }
  }
}
