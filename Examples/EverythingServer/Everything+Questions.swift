// SPDX-License-Identifier: Apache-2.0
import MCPServeKit

extension Everything {
  /// Tools that ask the client, in either era.
  @FeatureBuilder static var askingTools: [Feature] {
    ServerTool("test_sampling", "Asks the client's model.", Parameter<String>("prompt", "What to ask.")) {
      context, prompt in
      .text("LLM response: \(try await context.sample(.init([.user(prompt)], maxTokens: 100)).text)")
    }
    ServerTool("test_elicitation", "Asks the user.", Parameter<String>("message", "What to say.")) { context, message in
      let answer = try await context.elicit(
        .init(
          message, .init("username", .text, "User's response", isRequired: true),
          .init("email", .text, "User's email address", isRequired: true)))
      return .text("User response: \(said(answer))")
    }
    ServerTool("test_elicitation_sep1034_defaults", "Asks the user with defaults of every kind.") { context in
      let answer = try await context.elicit(
        .init(
          "Please review the defaults", .init("name", .text, default: "John Doe"), .init("age", .integer, default: 30),
          .init("score", .number, default: 95.5),
          .init("status", .one(["active", "inactive", "pending"]), default: "active"),
          .init("verified", .boolean, default: true)))
      return .text("Elicitation completed: \(said(answer))")
    }
    ServerTool("test_elicitation_sep1330_enums", "Asks the user to choose in every way.") { context in
      let options = ["option1", "option2", "option3"].map { Elicitation.Field.Choice($0) }
      let values = ["value1", "value2", "value3"]
      let (titles, names) = (["First", "Second", "Third"], ["One", "Two", "Three"])
      let answer = try await context.elicit(
        .init(
          "Please choose", .init("untitledSingle", .one(options)),
          .init("titledSingle", .one(zip(values, titles).map { .init($0, "\($1) Option") })),
          .init(
            "legacyEnum", .one(zip(["opt1", "opt2", "opt3"], names).map { .init($0, "Option \($1)") }, named: true)),
          .init("untitledMulti", .some(options)),
          .init("titledMulti", .some(zip(values, titles).map { .init($0, "\($1) Choice") }))))
      return .text("Elicitation completed: \(said(answer))")
    }
    ServerTool("test_streaming_elicitation", "Sends a log line, then asks the user.") { context in
      guard context.supports(.form) else {
        throw RPCError(
          .missingClientCapability, "this tool needs a client that can elicit",
          data: ["requiredCapabilities": ["elicitation": [:]]])
      }
      await context.log(.info, "About to ask")
      let answer = try await context.elicit(.init("Please answer", .init("answer", isRequired: true)), as: "answer")
      return .text("The user said: \(said(answer))")
    }
  }

  private static func said(_ answer: Elicitation.Answer) -> String {
    "action=\(answer.action), content=\(JSON.object(answer.content).text)"
  }
}
