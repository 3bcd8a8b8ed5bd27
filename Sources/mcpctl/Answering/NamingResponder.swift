// SPDX-License-Identifier: GPL-3.0-or-later
import JSONKit
import MCPClientKit

/// Has questions come from the name the user knows their server by, in place of the program or URL it is reached at.
struct NamingResponder: Responder {
  let name: String
  let responder: any Responder

  var skills: Skills { responder.skills }

  func answer(_ question: ServerQuestion) async throws -> JSONObject {
    try await responder.answer(
      ServerQuestion(question.kind, question.params, from: name, key: question.key))
  }
}
