// SPDX-License-Identifier: Apache-2.0
import MCPServeKit

/// Tools and a prompt whose questions have names, by which clients of 2026-07-28 answer them.
extension Everything {
  private static let name = Elicitation.Form("What is your name?", .init("name", isRequired: true))
  private static let confirmation = Elicitation.Form("Please confirm", .init("ok", .boolean, isRequired: true))

  private static func round(
    _ suffix: String, _ description: String, _ handler: @escaping @Sendable (RequestContext) async throws -> ToolResult
  ) -> ServerTool {
    ServerTool("test_input_required_result_\(suffix)", description, handler: handler)
  }

  @FeatureBuilder static var roundTools: [Feature] {
    round("elicitation", "Asks the user's name.") { context in
      .text("Hello, \(try await context.elicit(name, as: "user_name")["name"]?.string ?? "nobody")!")
    }
    round("sampling", "Asks the client's model.") { context in
      let request = Sampling.Request([.user("What is the capital of France?")], maxTokens: 100)
      return .text("The model said: \(try await context.sample(request, as: "capital_question").text)")
    }
    round("list_roots", "Asks where the client works.") { context in
      let roots = try await context.listRoots(as: "client_roots")
      return .text("The client has \(roots.count) roots: \(roots.map(\.uri).joined(separator: ", "))")
    }
    round("request_state", "Asks for a confirmation, with a state to send back.") { context in
      let answer = try await context.elicit(confirmation, as: "confirm")
      return .text("state-ok, confirmed: \(answer["ok"]?.bool ?? false)")
    }
    round("tampered_state", "Asks for a confirmation, with a state that must come back unchanged.") { context in
      let answer = try await context.elicit(confirmation, as: "confirm")
      return .text("The state is intact, confirmed: \(answer["ok"]?.bool ?? false)")
    }
    round("multiple_inputs", "Asks the user, the model and the client at once.") { context in
      let greeting = Sampling.Request([.user("Generate a greeting")], maxTokens: 50)
      let answers = try await context.ask([
        context.question(name, as: "user_name"), context.question(greeting, as: "greeting"),
        context.rootsQuestion(as: "client_roots"),
      ])
      let user = try context.answer(answers[0], to: name)
      let text = try context.answer(answers[1], to: greeting).text
      return .text("\(text) \(user["name"]?.string ?? "nobody"), of \(try context.roots(in: answers[2]).count) roots")
    }
    round("multi_round", "Asks the user twice, one after the other.") { context in
      let first = Elicitation.Form("Step 1: What is your name?", .init("name", isRequired: true))
      let second = Elicitation.Form("Step 2: What is your favorite color?", .init("color", isRequired: true))
      let name = try await context.elicit(first, as: "step1")["name"]?.string ?? "Nobody"
      let colour = try await context.elicit(second, as: "step2")["color"]?.string ?? "none"
      return .text("\(name) likes \(colour)")
    }
    round("capabilities", "Asks what the client can be asked.") { context in
      var questions: [Question] = []
      if context.supports(.sampling) {
        questions.append(try context.question(Sampling.Request([.user("Say hello")], maxTokens: 50), as: "greeting"))
      }
      if context.supports(.form) { questions.append(try context.question(name, as: "user_name")) }
      guard !questions.isEmpty else { return .text("The client cannot be asked anything") }
      return .text("The client answered \(try await context.ask(questions).count) questions")
    }
  }

  @FeatureBuilder static var askingPrompts: [Feature] {
    ServerPrompt("test_input_required_result_prompt", "A prompt that asks for its context.") { context, _ in
      let form = Elicitation.Form("What context should the prompt use?", .init("context", isRequired: true))
      let answer = try await context.elicit(form, as: "user_context")
      return [PromptMessage(.user, .text("Use this context: \(answer["context"]?.string ?? "none")"))]
    }
  }
}
