// SPDX-License-Identifier: Apache-2.0
public import JSONKit

/// Asking the client. Handlers read the same in both eras: in the legacy one a question waits for its answer, in the
/// modern one it ends the round, and the handler runs again from its beginning when the answer is there (`InputRequired`):
/// what changes something belongs after the last question.
///
/// A modern client that lacks the capability is told so with `RPCError` `.missingClientCapability`; for a legacy one the
/// handler gets `QuestionError` `.missingCapability`. Ask `supports(_:)` first where you can do without.
extension RequestContext {
  /// Whether the client can be asked this.
  public func supports(_ capability: ClientCapability) -> Bool {
    capability.isDeclared(in: clientCapabilities, revision)
  }

  /// What tells the conversation the request belongs to from others (legacy era); nil where none is needed.
  package var conversation: String? { inquirer?.conversation }

  /// Asks one question.
  /// - Returns: the result as it came.
  public func ask(_ question: Question) async throws -> JSONObject {
    guard let answer = try await ask([question]).first else {
      throw QuestionError(.malformedAnswer, "\(question.method) was not answered")
    }
    return answer
  }

  /// Asks several questions at once.
  /// - Returns: the results as they came, in the order of the questions.
  public func ask(_ questions: [Question]) async throws -> [JSONObject] {
    for question in questions { try require(question) }
    guard let inquirer else {
      throw QuestionError(.unreachable, "this client cannot be asked anything: it has no way to answer")
    }
    beginAsking()
    defer { endAsking() }
    return try await inquirer.ask(questions, in: self)
  }

  private func require(_ question: Question) throws {
    let missing = question.needs.filter { !supports($0) }
    guard !missing.isEmpty else { return }
    let declaration = JSON.object(ClientCapability.json(missing))
    let message = "\(question.method) needs a client that declares \(declaration.text)"
    switch revision.era {
    case .modern:
      throw RPCError(.missingClientCapability, message, data: ["requiredCapabilities": declaration])
    case .legacy: throw QuestionError(.missingCapability, message)
    }
  }

  /// Reads an answer. What a modern client sent amiss is its fault alone, and is said so.
  fileprivate func read<Value>(
    _ method: Method, _ read: () throws(InvalidShape) -> Value
  ) throws -> Value {
    do throws(InvalidShape) {
      return try read()
    } catch {
      let message = "the answer to \(method) is malformed: \(error)"
      throw revision.era == .modern ? RPCError.invalidParams(message) : QuestionError(.malformedAnswer, message)
    }
  }

  /// Checks a question. What is wrong with one is its author's fault.
  fileprivate func check(_ method: Method, _ check: () throws(InvalidShape) -> Void) throws(QuestionError) {
    do throws(InvalidShape) {
      try check()
    } catch {
      throw QuestionError(.malformed, "\(method): \(error)")
    }
  }
}

extension RequestContext {
  /// Asks the client's model for the next message.
  ///
  /// In 2026-07-28 the handler ends here and runs again from its beginning once the answer is there: what changes
  /// something belongs after the last question.
  /// - Parameter name: what the answer is found by when the handler runs again; nil finds it by what is asked.
  public func sample(_ request: Sampling.Request, as name: String? = nil) async throws -> Sampling.Result {
    let answer = try await ask(question(request, as: name))
    return try self.answer(answer, to: request)
  }

  /// Asks the user to fill in a form.
  ///
  /// In 2026-07-28 the handler ends here and runs again from its beginning once the answer is there: what changes
  /// something belongs after the last question.
  /// - Returns: what the user did; fields left out of an accepted form have their defaults.
  public func elicit(_ form: Elicitation.Form, as name: String? = nil) async throws -> Elicitation.Answer {
    let answer = try await ask(question(form, as: name))
    return try self.answer(answer, to: form)
  }

  /// Asks the user to open a page.
  ///
  /// In 2026-07-28 the handler ends here and runs again from its beginning once the answer is there: what changes
  /// something belongs after the last question.
  public func elicit(_ page: Elicitation.Page, as name: String? = nil) async throws -> Elicitation.Action {
    let answer = try await ask(question(page, as: name))
    return try read(.elicit) { () throws(InvalidShape) in try Elicitation.Answer(json: answer).action }
  }

  /// Asks the client where it works.
  public func listRoots(as name: String? = nil) async throws -> [Root] {
    let answer = try await ask(rootsQuestion(as: name))
    return try roots(in: answer)
  }

  /// Ends the request because the user has to do something at pages first. The client sends it again when that is done,
  /// or thinks so: look again then.
  /// - Throws: always.
  public func requireVisits(to pages: [Elicitation.Page]) throws -> Never {
    let questions = pages.map { question($0) }
    for question in questions { try require(question) }
    if revision.hasElicitationIDs {
      throw RPCError(
        .urlElicitationRequired, "this request needs the user to open a URL first",
        data: ["elicitations": .array(questions.map { .object($0.params) })])
    }
    throw InputRequired(
      JSONObject(
        questions.enumerated().map { number, question in
          .init(
            name: "visit-\(number + 1)",
            value: ["method": .string(question.method.rawValue), "params": .object(question.params)])
        }))
  }

  /// Tells the client that what the user did at a page is finished (2025-11-25; nothing is sent in other revisions).
  public func announceCompletion(of page: Elicitation.Page) async {
    guard revision.hasElicitationIDs, supports(.url), isOpen else { return }
    await tell(Message.Notification(.elicitationComplete, ["elicitationId": .string(page.id)]))
  }

  /// What the model answered. For questions asked together with `ask`.
  public func answer(_ result: JSONObject, to request: Sampling.Request) throws -> Sampling.Result {
    try read(.createMessage) { () throws(InvalidShape) in
      let answer = try Sampling.Result(json: result)
      guard answer.toolUses.isEmpty || !request.tools.isEmpty else {
        throw InvalidShape("the model uses tools where there are none")
      }
      return answer
    }
  }

  /// The roots in an answer. For questions asked together with `ask`.
  public func roots(in result: JSONObject) throws -> [Root] {
    try read(.rootsList) { () throws(InvalidShape) in try Root.list(from: result) }
  }

  /// What an answer to a form says, checked and completed. For questions asked together with `ask`.
  public func answer(_ result: JSONObject, to form: Elicitation.Form) throws -> Elicitation.Answer {
    try read(.elicit) { () throws(InvalidShape) in
      var answer = try Elicitation.Answer(json: result)
      guard answer.isAccepted else { return answer }
      answer.content = form.completing(answer.content)
      let faults = form.faults(in: answer.content)
      guard faults.isEmpty else { throw InvalidShape(faults.joined(separator: "; ")) }
      return answer
    }
  }
}

// MARK: - Questions to be asked together

extension RequestContext {
  /// The question `sample` asks.
  public func question(_ request: Sampling.Request, as name: String? = nil) throws(QuestionError) -> Question {
    try check(.createMessage) { () throws(InvalidShape) in try request.check() }
    var request = request
    if let context = request.includeContext, context != .none, !supports(.samplingContext) {
      request.includeContext = nil
    }
    var needs: Set<ClientCapability> = [.sampling]
    if !request.tools.isEmpty || request.toolChoice != nil { needs.insert(.samplingTools) }
    return Question(.createMessage, Dialect(revision).sampling(request), needs: needs, name: name)
  }

  /// The question `elicit` asks with a form.
  public func question(_ form: Elicitation.Form, as name: String? = nil) throws(QuestionError) -> Question {
    try check(.elicit) { () throws(InvalidShape) in try form.check() }
    return Question(.elicit, try Dialect(revision).form(form), needs: [.form], name: name)
  }

  /// The question `elicit` asks with a page.
  public func question(_ page: Elicitation.Page, as name: String? = nil) -> Question {
    Question(.elicit, page.json(in: revision), needs: [.url], name: name)
  }

  /// The question `listRoots` asks.
  public func rootsQuestion(as name: String? = nil) -> Question { Question(.rootsList, needs: [.roots], name: name) }
}
