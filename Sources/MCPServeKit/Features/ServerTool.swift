// SPDX-License-Identifier: Apache-2.0
public import JSONKit
public import MCPCore

/// A tool with the code that answers its calls.
///
/// Handlers run on a pool of threads and may block, unless the tool says `onLoop`. What a handler throws becomes a tool error the model can read;
/// throw `RPCError` for an error of the protocol instead.
public struct ServerTool: Sendable {
  /// What a handler of checked arguments looks like.
  public typealias Handler = @Sendable (RequestContext, JSONObject) async throws -> ToolResult

  /// The tool as it is listed.
  public var tool: Tool
  /// Checks arguments and answers; nil while the tool has no handler yet. Throws `InvalidArguments`.
  var call: Handler?
  /// The same, when the handler does not wait.
  var callAtOnce: (@Sendable (RequestContext, JSONObject) throws -> ToolResult)?
  var placement = Placement.pool
  var timeLimit: Duration?
  /// The headers that repeat its arguments; set when the tool is registered.
  var headers: ParameterHeaders?
  /// What is special about a tool whose calls may be tasks; nil for others.
  var terms: TaskTerms?
  /// The scopes its callers need.
  var neededScopes: [String] = []
  /// The compiled output schema; set when the tool is registered.
  var outputSchema: Schema?
  /// Counts its executions; set when the tool is registered.
  var meter: ToolMeter?
  /// Why it cannot be registered: bounds of its parameters that make no sense.
  var malformed: FeatureError?

  /// Makes a tool from parameters: one list gives the schema, the checks and the handler's arguments.
  ///
  ///     ServerTool("forecast", "Daily forecast for a city.",
  ///       Parameter<String>("city", "City name."),
  ///       Parameter<Int>("days", "Days ahead.", default: 3)
  ///     ) { context, city, days in
  ///       .text("\(city), \(days) days")
  ///     }
  public init<each Input: ToolValue>(
    _ name: String, _ description: String, _ parameters: repeat Parameter<each Input>,
    handler: @escaping @Sendable (RequestContext, repeat each Input) async throws -> ToolResult
  ) {
    tool = Tool(name, description, repeat each parameters)
    let readers = ArgumentReaders(repeat each parameters)
    malformed = readers.malformed
    call = { context, arguments in
      var next = 0
      do {
        return try await handler(context, repeat try readers.value((each Input).self, number: &next, in: arguments))
      } catch let mismatch as ArgumentMismatch {
        throw try readers.faults(in: arguments, or: mismatch)
      }
    }
  }

  /// Makes a tool from parameters and a handler that does not wait: a closure without `await` chooses this one. With
  /// `onLoop` such a tool is answered in place, without any switch of threads or tasks.
  public init<each Input: ToolValue>(
    _ name: String, _ description: String, _ parameters: repeat Parameter<each Input>,
    handler: @escaping @Sendable (RequestContext, repeat each Input) throws -> ToolResult
  ) {
    tool = Tool(name, description, repeat each parameters)
    let readers = ArgumentReaders(repeat each parameters)
    malformed = readers.malformed
    let call: @Sendable (RequestContext, JSONObject) throws -> ToolResult = { context, arguments in
      var next = 0
      do {
        return try handler(context, repeat try readers.value((each Input).self, number: &next, in: arguments))
      } catch let mismatch as ArgumentMismatch {
        throw try readers.faults(in: arguments, or: mismatch)
      }
    }
    callAtOnce = call
    self.call = call
  }

  /// Makes a tool from its listing; `handler` gets arguments that fit the schema, defaults filled in.
  /// - Throws: `FeatureError` `.malformed` when the schema is none.
  public init(_ tool: Tool, handler: @escaping Handler) throws(FeatureError) {
    self.tool = tool
    try set(handler)
  }

  /// Makes a tool whose handler comes later (`FeatureSet.setHandler`). Calls before that fail.
  public init(_ tool: Tool) { self.tool = tool }

  mutating func set(_ handler: @escaping Handler) throws(FeatureError) {
    let schema = try ArgumentSchema(of: tool)
    callAtOnce = nil
    call = { context, arguments in
      var arguments = arguments
      let faults = schema.check(&arguments)
      guard faults.isEmpty else { throw InvalidArguments(faults: faults) }
      return try await handler(context, arguments)
    }
  }
}

/// Arguments that do not fit a tool's schema; each fault names its argument.
struct InvalidArguments: Error {
  let faults: [String]
}

extension Tool {
  fileprivate init<each Input: ToolValue>(
    _ name: String, _ description: String, _ parameters: repeat Parameter<each Input>
  ) {
    var inputs: [ToolInput] = []
    for parameter in repeat each parameters { inputs.append(parameter.input) }
    self.init(name, description, inputs: inputs)
  }
}

/// Where a handler runs.
enum Placement: Sendable {
  case pool
  case loop
}

extension ServerTool {
  /// The tool with a handler that runs on the server's event loop: for handlers that neither block nor wait, which are
  /// answered several times faster. One that does block stalls every other request, and no time limit ends it.
  public var onLoop: ServerTool { changed { $0.placement = .loop } }

  /// The tool with its own time limit, in place of the server's.
  public func timeLimit(_ limit: Duration) -> ServerTool { changed { $0.timeLimit = limit } }

  /// The tool for callers that have all of `scopes`; others do not see it in lists. Where nobody has to say who asks, nobody
  /// has any; whoever started the server and talks to it over stdio has them all.
  public func requires(scopes: String...) -> ServerTool { changed { $0.neededScopes += scopes } }

  /// The tool with a name for people.
  public func title(_ title: String) -> ServerTool { changed { $0.tool.title = title } }

  /// The tool with hints about its behaviour.
  public func annotations(_ annotations: Tool.Annotations) -> ServerTool {
    changed { $0.tool.annotations = annotations }
  }

  /// The tool with a schema of its structured output.
  public func output(_ schema: JSON) -> ServerTool { changed { $0.tool.outputSchema = schema } }

  private func changed(_ change: (inout ServerTool) -> Void) -> ServerTool {
    var tool = self
    change(&tool)
    return tool
  }
}
