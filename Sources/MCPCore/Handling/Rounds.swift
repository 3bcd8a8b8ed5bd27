// SPDX-License-Identifier: Apache-2.0
package import JSONKit

/// What a modern request knows of its earlier rounds, and what it asks in this one.
package struct Rounds: Sendable {
  /// The answers by their questions' names, those of earlier rounds first.
  private let answers: JSONObject
  /// The answers that were asked for so far: what the next round has to know.
  package private(set) var used = JSONObject()
  /// What has no answer yet, in the order it was asked.
  package private(set) var requests = JSONObject()
  /// Whether more was asked than a round may.
  package private(set) var isOverfull = false
  private let limit: Int
  /// How often each name was used.
  private var uses: [String: Int] = [:]

  /// - Parameters:
  ///   - earlier: the answers of earlier rounds. They stay what they were.
  ///   - latest: what the client sent with this round. Names nobody asks for do no harm.
  ///   - limit: how many questions a round may ask.
  package init(earlier: JSONObject, latest: JSONObject, limit: Int) {
    var answers = earlier
    for member in latest.members where !earlier.contains(member.name) { answers.members.append(member) }
    self.answers = answers
    self.limit = limit
  }

  /// The answer to a question; nil when there is none, which is noted. The same name used again is another question.
  package mutating func answer(to question: Question, as name: String) -> JSON? {
    let use = uses[name, default: 0] + 1
    uses[name] = use
    let key = use == 1 ? name : "\(name)-\(use)"
    if let answer = answers[key] {
      used[key] = answer
      return answer
    }
    guard requests.count < limit else {
      isOverfull = true
      return nil
    }
    requests[key] = ["method": .string(question.method.rawValue), "params": .object(question.params)]
    return nil
  }
}
