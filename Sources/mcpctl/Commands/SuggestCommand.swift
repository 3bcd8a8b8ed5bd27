// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPClientKit
import MCPCore

/// `mcpctl complete`
struct SuggestCommand: ServerCommand {
  static let info = CommandInfo(
    "complete", "Ask a server for values of an argument of a prompt or resource template.",
    discussion: [
      "The first word is PROMPT:ARGUMENT=BEGINNING or TEMPLATE:VARIABLE=BEGINNING. Further words are arguments that have "
        + "been chosen already, which some servers take into account. Values are printed one a line, in the server's order."
    ],
    examples: [
      .init("mcpctl complete greet:language=F", "Values of an argument of a built-in prompt."),
      .init("mcpctl complete 'sample://greeting/{name}:name=A'", "Values of a variable of a built-in template."),
      .init("mcpctl complete greet:language=F name=Ada", "With another argument chosen."),
    ])

  @Argument("What is completed, and how its value begins.", value: "PROMPT:ARGUMENT=BEGINNING")
  var subject: Subject
  @Argument("Arguments chosen already: name=value.", value: "name=value") var chosen: [String]
  @Trailing(programHelp, value: "command") var program: [String]
  @Group("Connection") var connection: ConnectionOptions
  @Group("Output") var output: OutputOptions
  @Group("Messages") var talk: TalkOptions

  /// A prompt or template, one of its arguments, and how that begins.
  struct Subject: ArgumentValue, Equatable {
    let owner: String
    let argument: String
    let beginning: String

    /// Templates are URIs, which prompts are not.
    var isTemplate: Bool { owner.contains(":") || owner.contains("{") }

    /// The first `=` with a name in front of it that a colon comes before: URIs and values may hold both, too.
    init(argument word: String) throws(ValueFault) {
      for equals in word.indices where word[equals] == "=" {
        let before = word[..<equals]
        guard let colon = before.lastIndex(of: ":") else { continue }
        let name = before[before.index(after: colon)...]
        let isName = name.allSatisfy { $0.isLetter || $0.isNumber || "_-.*$".contains($0) }
        guard !name.isEmpty, isName, colon > word.startIndex else { continue }
        (owner, argument) = (String(word[..<colon]), String(name))
        beginning = String(word[word.index(after: equals)...])
        return
      }
      throw ValueFault("'\(word.shortened)' is not written as PROMPT:ARGUMENT=BEGINNING; the beginning may be empty")
    }
    var shown: String? { "\(owner):\(argument)=\(beginning)" }
  }

  func perform(in scene: Scene) async throws -> ExitCode {
    let client = scene.client
    let reference: JSON =
      subject.isTemplate
      ? ["type": "ref/resource", "uri": .string(subject.owner)]
      : ["type": "ref/prompt", "name": .string(subject.owner)]
    var params: JSONObject = [
      "ref": reference,
      "argument": ["name": .string(subject.argument), "value": .string(subject.beginning)],
    ]
    let context = try chosenArguments()
    if !context.isEmpty { params["context"] = ["arguments": .object(context)] }
    do {
      let result = try await client.request(.complete, params, options: scene.request)
      if result["completion"]?["values"]?.array?.isEmpty ?? true { try await explain(in: scene) }
      if result["completion"]?["hasMore"] == true {
        let total = result["completion"]?["total"]?.int.map { ", \($0) in all" } ?? ""
        scene.talk.note("the server has more\(total): type more of the value")
      }
      return try scene.show(Presentation(completion: result), output.printer)
    } catch let error as ClientError where error.saysNotFound {
      try await explain(in: scene)
      throw error
    } catch let error as ClientError where error.rpcError?.code == .methodNotFound {
      var failure = scene.failure(error)
      failure.hint =
        "the server does not say that it completes anything: `\(scene.followUp("info"))` shows what it offers"
      throw failure
    }
  }

  private func chosenArguments() throws -> JSONObject {
    var chosen = JSONObject()
    for word in self.chosen {
      guard let equals = word.firstIndex(of: "="), equals > word.startIndex else {
        throw UsageError("'\(word)' is not written as name=value")
      }
      chosen[String(word[..<equals])] = .string(String(word[word.index(after: equals)...]))
    }
    return chosen
  }

  /// What there is in place of what was asked for, when that is not there.
  private func explain(in scene: Scene) async throws {
    if subject.isTemplate {
      _ = try await scene.find(subject.owner, in: .resourceTemplates, key: "uriTemplate", noun: "template")
      return
    }
    let prompt = try await scene.find(subject.owner, in: .prompts, key: "name", noun: "prompt")
    let names = PromptArguments(.object(prompt)).declared.map(\.name)
    guard !names.contains(subject.argument) else { return }
    let near = nearMiss(of: subject.argument, in: names).map { "did you mean '\($0)'?" }
    throw Failure(
      .notFound, "not_found", "the prompt \(subject.owner) has no argument '\(subject.argument)'",
      hint: near ?? (names.isEmpty ? "it has none" : "it has \(names.joined(separator: ", "))"),
      facts: ["server": .string(scene.client.serverName)])
  }
}

extension Presentation {
  /// A `CompleteResult`.
  init(completion result: JSONObject) {
    let values = result["completion"]?["values"]?.array ?? []
    let words = values.map { $0.string ?? $0.text }
    self.init(
      .object(result), text: words.map { oneLine($0) + "\n" }.joined(), items: values, value: .array(values),
      names: words)
    isList = true
  }
}
