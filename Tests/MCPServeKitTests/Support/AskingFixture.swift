// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore
import MCPServeKit

/// A server whose tools ask the client.
func makeAskingFixture(_ options: Server.Options = Server.Options()) throws -> Server {
  try Server(name: "asking", version: "1", options: options) {
    ServerTool("sample", "Asks the model.", Parameter<String>("prompt", "What.")) { context, prompt in
      let result = try await context.sample(Sampling.Request([.user(prompt)], maxTokens: 100))
      return .text("\(result.model): \(result.text)")
    }
    ServerTool("survey", "Asks the user.") { context in
      let answer = try await context.elicit(
        Elicitation.Form(
          "Who are you?", .init("name", .text(length: 1...20), "Your name.", isRequired: true),
          .init("age", .integer(in: 0...150), default: 30),
          .init("size", .one([.init("s", "Small"), .init("l", "Large")])), .init("colours", .some(["red", "blue"]))))
      return .text("\(answer.action) \(JSON.object(answer.content).text)")
    }
    ServerTool("where", "Asks for the roots.") { context in
      .text(try await context.listRoots().map(\.uri).joined(separator: " "))
    }
    ServerTool("visit", "Asks the user to open a page.") { context in
      let page = Elicitation.Page(url: "https://example.com/pay", message: "Pay.", id: "visit-1")
      let action = try await context.elicit(page)
      await context.announceCompletion(of: page)
      return .text("\(action)")
    }
    ServerTool("wizard", "Asks twice, one after the other.") { context in
      let name = try await context.elicit(Elicitation.Form("Name?", .init("name", isRequired: true)), as: "step1")
      let colour = try await context.elicit(Elicitation.Form("Colour?", .init("colour", isRequired: true)), as: "step2")
      return .text("\(name["name"]?.string ?? "-") likes \(colour["colour"]?.string ?? "-")")
    }
    ServerTool("both", "Asks two things at once.") { context in
      async let name = context.elicit(Elicitation.Form("Name?", .init("name", isRequired: true)))
      async let roots = context.listRoots()
      return .text("\(try await name["name"]?.string ?? "-") in \(try await roots.count)")
    }
    ServerTool("stubborn", "Goes on without an answer.") { context in
      do {
        return .text(try await context.sample(Sampling.Request([.user("?")], maxTokens: 1)).text)
      } catch let error as QuestionError {
        return .text("without: \(error.code.rawValue)")
      } catch {
        return .text("without: \(error)")
      }
    }.onLoop
    ServerTool("hang", "Never answers.") { context in
      await context.log(.info, "hanging")
      while true { try await Task.sleep(for: .seconds(3600)) }
    }
    ServerTool("password", "Asks for a secret.") { context in
      _ = try await context.elicit(Elicitation.Form("Log in.", .init("userPassword", isRequired: true)))
      return .text("never")
    }
    ServerTool("first", "Has the user open a page first.") { context in
      try context.requireVisits(to: [Elicitation.Page(url: "https://example.com/in", message: "Log in.", id: "in")])
    }.onLoop
    ServerTool("many", "Asks too much.") { context in
      let forms = (0..<40).map { Elicitation.Form("\($0)?", .init("a")) }
      return .text("\(try await context.ask(forms.map { try context.question($0) }).count)")
    }
    ServerPrompt("context", "Asks for its context.") { context, _ in
      let answer = try await context.elicit(Elicitation.Form("Context?", .init("context", isRequired: true)))
      return [PromptMessage(.user, .text(answer["context"]?.string ?? "none"))]
    }
  }
}
