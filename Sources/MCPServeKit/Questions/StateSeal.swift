// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import Observability

/// Turns the answers a modern request has collected into a `requestState`, and back.
///
/// The state is sealed, so that a client neither reads nor changes it, expires, and is bound to the server's name, who asks,
/// the method and its parameters: no other request can use it. Whoever has the keys opens it; nothing is kept.
///
/// Spec: 2026-07-28, basic/patterns/mrtr, "Security Considerations".
struct StateSeal: Sendable {
  /// Begins every state: the version of what follows.
  private static let prefix = "1."

  let keys: StateKeys
  let server: String
  let lifetime: Duration
  /// The longest state, in bytes of its text.
  let limit: Int
  var now: @Sendable () -> Timestamp = { .now }

  /// Seals `answers`.
  /// - Throws: `RPCError` `.internalError` when they are too large, or there is no libcrypto.
  func seal(_ answers: JSONObject, for context: RequestContext) throws(RPCError) -> String {
    let end = now().milliseconds + Int(lifetime.components.seconds) * 1000
    let content = JSON.object(["until": .number(JSONNumber(end)), "answers": .object(answers)]).bytes
    let sealed: [UInt8]
    do throws(IOError) {
      sealed = try SealedBox(key: keys.keys[0].bytes).seal(content, boundTo: binding(of: context))
    } catch {
      throw RPCError(.internalError, "the server cannot seal requestState: \(error)")
    }
    let text = Self.prefix + Base64.url.text(sealed)
    guard text.utf8.count <= limit else {
      throw RPCError(.internalError, "the answers so far make a requestState of more than \(limit) bytes: ask for less")
    }
    return text
  }

  /// The answers in a state of an earlier round.
  /// - Throws: `RPCError` `.invalidParams` saying what is wrong with the state.
  func open(_ state: JSON, for context: RequestContext) throws(RPCError) -> JSONObject {
    guard let text = state.string else { throw .invalidParams("requestState must be a string") }
    guard text.utf8.count <= limit else { throw .invalidParams("requestState is longer than \(limit) bytes") }
    guard text.hasPrefix(Self.prefix), let sealed = Base64.url.bytes(text.dropFirst(Self.prefix.count)),
      let content = try unsealed(sealed, binding(of: context)), let json = try? JSON(parsing: content),
      let end = json["until"]?.int, let answers = json["answers"]?.object
    else {
      throw .invalidParams(
        "requestState was changed, or is not of this request: it has to come back as it was, with the same method, "
          + "parameters and user; without it the request begins anew")
    }
    guard now().milliseconds < end else {
      throw .invalidParams("requestState has expired: send the request without it to begin anew")
    }
    return answers
  }

  private func unsealed(_ sealed: [UInt8], _ binding: [UInt8]) throws(RPCError) -> [UInt8]? {
    for key in keys.keys {
      do throws(IOError) {
        if let content = try SealedBox(key: key.bytes).open(sealed, boundTo: binding) { return content }
      } catch {
        throw RPCError(.internalError, "the server cannot open requestState: \(error)")
      }
    }
    return nil
  }

  /// What must be the same in every round. The parameters that belong to a round alone are left out.
  private func binding(of context: RequestContext) -> [UInt8] {
    var params = context.params
    for name in ["_meta", "inputResponses", "requestState"] { params[name] = nil }
    return JSON.array([
      .string(server), context.principal.map { .string($0.name) } ?? .null, .string(context.method?.rawValue ?? ""),
      JSON.object(params).sorted,
    ]).bytes
  }
}

extension JSON {
  /// The value with the members of its objects in the order of their names, however they were sent.
  fileprivate var sorted: JSON {
    switch self {
    case .null, .bool, .number, .string: self
    case .array(let elements): .array(elements.map(\.sorted))
    case .object(let object):
      .object(
        JSONObject(
          object.members.map { .init(name: $0.name, value: $0.value.sorted) }.sorted {
            $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
          }))
    }
  }
}
