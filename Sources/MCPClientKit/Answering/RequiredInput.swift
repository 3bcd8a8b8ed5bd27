// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore

/// A result that says: answer these questions and ask again.
///
/// Spec: 2026-07-28, basic/patterns/mrtr, "InputRequiredResult".
struct RequiredInput {
  /// One question under the name its answer goes back with.
  struct Question {
    let key: String
    let method: Method
    let params: JSONObject
  }

  let questions: [Question]
  /// To be sent back byte for byte; nobody here looks into it.
  let state: JSON?

  /// Reads a result of type `input_required`.
  init(_ result: JSONObject, limit: Int) throws(InvalidShape) {
    state = result["requestState"]
    guard state?.string != nil || state == nil else { throw InvalidShape("requestState must be a string") }
    let requests = try result["inputRequests"].map { json throws(InvalidShape) in
      try JSONObject(shape: json, of: "inputRequests")
    }
    guard requests != nil || state != nil else {
      throw InvalidShape("a result of type input_required needs inputRequests or requestState")
    }
    guard requests?.count ?? 0 <= limit else { throw InvalidShape("it asks more than \(limit) questions at once") }
    var questions: [Question] = []
    for member in requests?.members ?? [] {
      let request = try JSONObject(shape: member.value, of: "inputRequests.\(member.name)")
      questions.append(
        Question(
          key: member.name, method: Method(rawValue: try request.string("method")),
          params: request["params"]?.object ?? [:]))
    }
    self.questions = questions
  }

  /// The parameters of the next round: those of the first, with the answers and the state.
  func params(_ original: JSONObject, with answers: JSONObject) -> JSONObject {
    var params = original
    params["inputResponses"] = questions.isEmpty ? nil : .object(answers)
    params["requestState"] = state
    return params
  }
}
