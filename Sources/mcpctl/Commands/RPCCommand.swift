// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPClientKit
import MCPCore

/// `mcpctl rpc`
struct RPCCommand: ServerCommand {
  static let info = CommandInfo(
    "rpc", "Send any request and print the result.",
    discussion: [
      "For methods no other command knows, and for sending what a server should refuse. The connection is opened as for "
        + "any command; what the revision demands in `_meta` is added to the parameters."
    ],
    examples: [
      .init("mcpctl rpc tools/list", "Prints one page as the server sent it."),
      .init("mcpctl rpc resources/read '{\"uri\":\"sample://about\"}'", "Sends parameters."),
      .init("mcpctl rpc --notify notifications/roots/list_changed", "Sends a notification; there is no answer."),
    ])

  @Argument("Method, such as tools/list.") var method: String
  @Argument("Parameters: a JSON object, @FILE, or - for standard input.", value: "params") var params: String?
  @Flag("Send a notification, which nobody answers.") var notify: Bool
  @Trailing(programHelp, value: "command") var program: [String]
  @Group("Answers to the server") var answers: AnswerOptions
  @Group("Connection") var connection: ConnectionOptions
  @Group("Output") var output: OutputOptions
  @Group("Messages") var talk: TalkOptions

  func run(in console: Console) async throws -> ExitCode {
    let taken = try read(console)
    return try await connecting(console).run { try await send(taken, in: $0) }
  }

  func perform(in scene: Scene) async throws -> ExitCode { try await send(try read(scene.console), in: scene) }

  private func send(_ taken: JSONObject, in scene: Scene) async throws -> ExitCode {
    let method = Method(rawValue: method)
    if notify {
      try await scene.client.notify(method, taken)
      return .success
    }
    do {
      let result = try await scene.client.request(method, taken, options: scene.request)
      scene.talk.endProgress()
      return try scene.show(Presentation(other: result), output.printer)
    } catch let error as ClientError where error.rpcError?.code == .methodNotFound {
      var failure = scene.failure(error)
      failure.hint = method.hint(in: scene.client.negotiated.revision, scene.followUp) ?? failure.hint
      throw failure
    }
  }

  private func read(_ console: Console) throws -> JSONObject {
    guard let params else { return [:] }
    do throws(ArgumentFaults) {
      return try ArgumentSource(words: [], base: params, baseName: "params", console: console).arguments(
        .init(schema: nil))
    } catch {
      throw Failure(.badArguments, "bad_arguments", "the parameters are no JSON object", details: error.faults)
    }
  }
}

extension Method {
  /// What to do about a method that the other era has; nil when it is of none, or of this one.
  fileprivate func hint(in revision: Revision, _ followUp: FollowUp) -> String? {
    let ofLegacy: [Method] = [
      .initialize, .ping, .setLogLevel, .resourcesSubscribe, .resourcesUnsubscribe, .tasksList, .tasksResult,
    ]
    let ofModern: [Method] = [.discover, .subscriptionsListen, .tasksUpdate]
    switch revision.era {
    case .modern where ofLegacy.contains(self):
      let other = self == .ping ? "`\(followUp("ping"))` asks in its way; " : ""
      return "revision \(revision) has no \(self): \(other)--protocol \(Revision.latestLegacy) has it"
    case .legacy where ofModern.contains(self):
      return "revision \(revision) has no \(self): --protocol \(Revision.latest) has it, where the server does"
    default: return nil
    }
  }
}
