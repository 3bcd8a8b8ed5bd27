// SPDX-License-Identifier: Apache-2.0
public import JSONKit
public import MCPCore
import Synchronization

/// Answers prepared beforehand, so that tools that ask can run where nobody is.
///
///     {
///       "elicitation": [
///         {"when": "your name", "content": {"name": "Ada"}},
///         {"mode": "url", "when": "https://example.com/", "action": "accept"},
///         "decline"
///       ],
///       "sampling": [{"when": "France", "text": "Paris"}],
///       "roots": ["/srv/data"]
///     }
///
/// Of the answers that fit a question the first that was not used yet is taken, and the last again when all were. An
/// answer fits whose `when` occurs in the message, the URL, the prompt or the question's key, and one without `when`
/// always does. Fields that `content` leaves out have the defaults of the form. A URL is agreed to only by an answer with
/// the mode `url`, and never opened.
public final class ScriptedResponder: Responder {
  private struct Answer: Sendable {
    let kind: ServerQuestion.Kind
    let when: String?
    let result: JSONObject
  }

  /// What there are answers for.
  public let skills: Skills
  private let answers: [Answer]
  private let roots: RootsResponder?
  private let used = Mutex<Set<Int>>([])

  /// Reads a script.
  /// - Throws: `InvalidShape` naming the answer at fault.
  public init(_ script: JSON) throws(InvalidShape) {
    let script = try JSONObject(shape: script, of: "the script of answers")
    for name in script.names where !["elicitation", "sampling", "roots"].contains(name) {
      throw InvalidShape("the script of answers has '\(name)'; it may have elicitation, sampling and roots")
    }
    var answers: [Answer] = []
    for json in Self.list(script["elicitation"]) { answers.append(try Self.elicitation(json)) }
    for json in Self.list(script["sampling"]) { answers.append(try Self.sampling(json)) }
    let directories = try script["roots"].map { _ throws(InvalidShape) in try Self.directories(script) }
    roots = directories.map(RootsResponder.init)
    var skills: Skills = roots == nil ? [] : .roots
    for answer in answers { skills.formUnion(answer.kind.skill) }
    (self.answers, self.skills) = (answers, skills)
  }

  /// The first answer that fits.
  public func answer(_ question: ServerQuestion) async throws -> JSONObject {
    if question.kind == .roots, let roots { return try await roots.answer(question) }
    let place = question.key ?? ""
    let text = question.kind == .sampling ? question.prompt : question.message
    let url = question.kind == .url ? question.params["url"]?.string ?? "" : ""
    let fitting = answers.indices.filter { index in
      let answer = answers[index]
      guard answer.kind == question.kind, let when = answer.when else { return answer.kind == question.kind }
      return text.contains(when) || url.contains(when) || place == when
    }
    let next = used.withLock { used -> Int? in
      guard let next = fitting.first(where: { !used.contains($0) }) ?? fitting.last else { return nil }
      used.insert(next)
      return next
    }
    guard let next else { throw InvalidShape("no prepared answer fits '\(text.prefix(200))'") }
    return answers[next].result
  }

  // Reading

  private static func list(_ json: JSON?) -> [JSON] { json.map { $0.array ?? [$0] } ?? [] }

  private static func elicitation(_ json: JSON) throws(InvalidShape) -> Answer {
    if let action = json.string {
      return Answer(kind: .form, when: nil, result: ["action": .string(try check(action))])
    }
    let object = try JSONObject(shape: json, of: "an answer to an elicitation")
    try only(["when", "mode", "action", "content"], in: object)
    guard let kind = ServerQuestion.Kind(rawValue: object["mode"]?.string ?? "form"), [.form, .url].contains(kind)
    else {
      throw InvalidShape("the mode of an answer must be form or url")
    }
    var result: JSONObject = ["action": .string(try check(object["action"]?.string ?? "accept"))]
    if let content = object["content"] { result["content"] = .object(try JSONObject(shape: content, of: "content")) }
    return Answer(kind: kind, when: object["when"]?.string, result: result)
  }

  private static func check(_ action: String) throws(InvalidShape) -> String {
    guard ["accept", "decline", "cancel"].contains(action) else {
      throw InvalidShape("the action of an answer must be accept, decline or cancel, not '\(action)'")
    }
    return action
  }

  private static func sampling(_ json: JSON) throws(InvalidShape) -> Answer {
    if let text = json.string { return Answer(kind: .sampling, when: nil, result: .message(text)) }
    let object = try JSONObject(shape: json, of: "an answer to a sampling question")
    try only(["when", "text", "result"], in: object)
    let result: JSONObject =
      if let result = object["result"] { try JSONObject(shape: result, of: "result") } else {
        .message(try object.string("text"))
      }
    return Answer(kind: .sampling, when: object["when"]?.string, result: result)
  }

  private static func directories(_ script: JSONObject) throws(InvalidShape) -> [String] {
    let directories = try script.elements("roots").compactMap(\.string)
    guard directories.allSatisfy({ $0.hasPrefix("/") }) else {
      throw InvalidShape("roots must be absolute paths of directories")
    }
    return directories
  }

  private static func only(_ names: [String], in object: JSONObject) throws(InvalidShape) {
    for name in object.names where !names.contains(name) {
      throw InvalidShape("an answer has '\(name)'; it may have \(names.joined(separator: ", "))")
    }
  }
}

extension ServerQuestion.Kind {
  fileprivate var skill: Skills {
    switch self {
    case .sampling: .sampling
    case .form: .forms
    case .url: .urls
    case .roots: .roots
    }
  }
}

extension JSONObject {
  /// A text as a `CreateMessageResult` of a model called `model`.
  package static func message(_ text: String, by model: String = "scripted") -> JSONObject {
    [
      "role": "assistant", "content": ["type": "text", "text": .string(text)], "model": .string(model),
      "stopReason": "endTurn",
    ]
  }
}
