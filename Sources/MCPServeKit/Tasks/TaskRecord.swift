// SPDX-License-Identifier: Apache-2.0
public import JSONKit
public import MCPCore
import Observability

/// Who may ask after a task: nobody else learns that it exists.
public struct TaskOwner: Sendable, Hashable {
  /// Who began it, where the endpoint made sure; nil where nobody has to say.
  public let principal: String?
  /// The legacy session, or channel, it belongs to; nil in the modern era, which has none.
  public let session: String?

  /// Makes an owner.
  public init(principal: String?, session: String?) {
    self.principal = principal
    self.session = session
  }
}

/// What is remembered of a task. A value: stores keep it, the methods of `TaskRecord` are the only ways it changes.
public struct TaskRecord: Sendable, Hashable {
  /// How a task ended.
  public enum Outcome: Sendable, Hashable {
    /// With a result, in the newest revision's shape.
    case result(JSONObject)
    /// With an error of the protocol.
    case error(RPCError)
  }

  /// A question that has no answer yet.
  public struct Question: Sendable, Hashable {
    /// What its answer is found by. Never used twice in a task.
    public let key: String
    /// What is asked.
    public let method: Method
    /// The details.
    public let params: JSONObject
    /// Whether the client was sent it and may be answering (2025-11-25).
    public internal(set) var isSent = false
  }

  /// What it is asked after by.
  public let id: String
  /// Who may.
  public let owner: TaskOwner
  /// The revision it was asked for in.
  public let revision: Revision
  /// When it began, in milliseconds since 1970.
  public let created: Int
  /// How long it is kept from then, in milliseconds.
  public let lifetime: Int
  /// How often to ask after it, in milliseconds.
  public let pollInterval: Int
  /// How far it is.
  public internal(set) var status = TaskState.Status.working
  /// The same for people.
  public internal(set) var statusMessage: String?
  /// When it changed last, in milliseconds since 1970.
  public internal(set) var updated: Int
  /// How it ended; nil while it has not, or was cancelled.
  public internal(set) var outcome: Outcome?
  /// What it waits for.
  public internal(set) var questions: [Question] = []
  /// The answers nobody has taken yet, by the keys of their questions: `result` or `error` each.
  public internal(set) var answers = JSONObject()
  /// How many questions were asked so far.
  var asked = 0
  /// Counts the changes. Stores set it.
  public package(set) var version = 1

  init(id: String, owner: TaskOwner, revision: Revision, created: Int, lifetime: Int, pollInterval: Int) {
    self.id = id
    self.owner = owner
    self.revision = revision
    self.created = created
    self.lifetime = lifetime
    self.pollInterval = pollInterval
    updated = created
  }

  /// When it is forgotten, in milliseconds since 1970.
  public var expiry: Int { created + lifetime }

  /// About how much memory it takes, in bytes.
  public var size: Int {
    var size = 1024 + (statusMessage?.utf8.count ?? 0)
    for question in questions { size += 128 + JSON.object(question.params).bytes.count }
    if !answers.isEmpty { size += JSON.object(answers).bytes.count }
    switch outcome {
    case .result(let result)?: size += JSON.object(result).bytes.count
    case .error(let error)?: size += error.json.bytes.count
    case nil: break
    }
    return size
  }

  /// Whether it has ended and takes hardly more for that: stores have room for such an end even when they are full.
  package var endsBriefly: Bool {
    guard status.isFinal else { return false }
    switch outcome {
    case .result?: return false
    case .error(let error)?: return error.json.bytes.count <= 1024
    case nil: return true
    }
  }

  /// How it is described to its owner.
  public var info: TaskState {
    TaskState(
      id: id, status: status, message: statusMessage, createdAt: Timestamp(milliseconds: created).description,
      lastUpdatedAt: Timestamp(milliseconds: updated).description, lifetime: .milliseconds(lifetime),
      pollInterval: .milliseconds(pollInterval))
  }
}

// MARK: - What may happen to a task. Each says whether it did.

extension TaskRecord {
  /// Says what is being done.
  mutating func report(_ message: String, at now: Int) -> Bool {
    guard !status.isFinal, message != statusMessage else { return false }
    statusMessage = message
    updated = now
    return true
  }

  /// Ends it. In revision 2025-11-25 a tool that failed is a task that failed; later only an error of the protocol is.
  package mutating func end(_ outcome: Outcome, at now: Int) -> Bool {
    guard !status.isFinal else { return false }
    switch outcome {
    case .result(let result):
      let hasFailed = revision.hasCoreTasks && result["isError"] == true
      finish(hasFailed ? .failed : .completed, hasFailed ? result["content"]?[0]?["text"]?.string : nil, at: now)
    case .error(let error): finish(.failed, error.message, at: now)
    }
    self.outcome = outcome
    return true
  }

  mutating func cancel(_ reason: String, at now: Int) -> Bool {
    guard !status.isFinal else { return false }
    finish(.cancelled, reason, at: now)
    return true
  }

  private mutating func finish(_ status: TaskState.Status, _ message: String?, at now: Int) {
    self.status = status
    statusMessage = message.map { String($0.prefix(1024)) }
    updated = now
    questions = []
    answers = [:]
  }

  /// Asks, all or none.
  /// - Returns: the keys of the questions; nil when the task is over, or more than `limit` would be open.
  mutating func ask(_ questions: [MCPCore.Question], limit: Int, at now: Int) -> [String]? {
    guard !status.isFinal, self.questions.count + questions.count <= limit else { return nil }
    let keys = questions.map { question in
      asked += 1
      let name = question.name ?? question.method.rawValue.prefix { $0 != "/" }.description
      return "\(name)-\(asked)"
    }
    for (question, key) in zip(questions, keys) {
      self.questions.append(Question(key: key, method: question.method, params: question.params))
    }
    settle(at: now)
    return keys
  }

  /// Takes an answer; false when nothing of that key is asked.
  mutating func answer(_ key: String, _ answer: Result<JSON, RPCError>, at now: Int) -> Bool {
    guard let index = questions.firstIndex(where: { $0.key == key }) else { return false }
    questions.remove(at: index)
    answers[key] =
      switch answer {
      case .success(let result): ["result": result]
      case .failure(let error): ["error": error.json]
      }
    settle(at: now)
    return true
  }

  /// Hands out the answers to these questions once all are there.
  mutating func take(_ keys: [String]) -> [JSON]? {
    let found = keys.compactMap { answers[$0] }
    guard found.count == keys.count else { return nil }
    for key in keys { answers[key] = nil }
    return found
  }

  /// Withdraws questions whose asker is gone.
  mutating func withdraw(_ keys: [String], at now: Int) -> Bool {
    guard !status.isFinal else { return false }
    questions.removeAll { keys.contains($0.key) }
    for key in keys { answers[key] = nil }
    settle(at: now)
    return true
  }

  /// Notes that the client is sent a question, or is not any more; false when that was known, or it has an answer.
  mutating func mark(_ key: String, isSent: Bool) -> Bool {
    guard let index = questions.firstIndex(where: { $0.key == key && $0.isSent != isSent }) else { return false }
    questions[index].isSent = isSent
    return true
  }

  private mutating func settle(at now: Int) {
    status = questions.isEmpty ? .working : .inputRequired
    updated = now
  }
}
