// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore
import Observability

/// Texts in, texts out: what channels carry.
extension Conversation {
  /// Answers one text; nil when nothing is to be sent.
  func answer(_ text: [UInt8], telling sink: any NotificationSink) async -> [UInt8]? {
    let json: JSON
    do throws(JSONError) {
      json = try JSON(parsing: text, limits: service.jsonLimits)
    } catch {
      let fault = RPCError(.parseError, "the message is not JSON: \(error)")
      return Response(id: nil, outcome: .failure(fault)).bytes(for: peer.handshake?.revision)
    }
    return await answer(json, telling: sink)
  }

  /// Answers a message, or a batch where the negotiated revision has batches. Nil when nothing is to be sent.
  func answer(_ json: JSON, telling sink: any NotificationSink) async -> [UInt8]? {
    if case .array(let elements) = json { return await answer(batch: elements, telling: sink) }
    do throws(InvalidMessage) {
      return await answer(try Message(json), telling: sink).map(service.text)
    } catch {
      return error.response.bytes(for: peer.handshake?.revision)
    }
  }

  private func answer(_ message: Message, telling sink: any NotificationSink) async -> Response? {
    switch message {
    case .request(let request): return await answer(request, telling: sink)
    case .notification(let notification):
      await noting { try await take(notification) }
      return nil
    case .response(let response):
      await noting { try await take(response) }
      return nil
    }
  }

  /// Nobody can be told what goes wrong.
  private func noting(_ take: () async throws -> Void) async {
    do {
      try await take()
    } catch {
      service.logger.error("message not passed on", [("error", "\(error)")])
    }
  }

  private func answer(batch elements: [JSON], telling sink: any NotificationSink) async -> [UInt8]? {
    do throws(RPCError) {
      let batch = try Batch(elements, for: peer.handshake, limit: service.limits.batch)
      let responses = await answer(batch, telling: sink)
      return responses.isEmpty ? nil : try service.text(of: responses)
    } catch {
      return Response(id: nil, outcome: .failure(error)).bytes(for: peer.handshake?.revision)
    }
  }

  /// Answers a batch, many at a time, in the order of its requests.
  func answer(_ batch: Batch, telling sink: any NotificationSink) async -> [Response] {
    await withTaskGroup(of: (Int, Response?).self) { group in
      for (index, message) in batch.messages.enumerated() {
        group.addImmediateTask {
          switch message {
          case .failure(let invalid): (index, invalid.response)
          case .success(let message): (index, await answer(message, telling: sink))
          }
        }
      }
      var responses = [Response?](repeating: nil, count: batch.messages.count)
      for await (index, response) in group { responses[index] = response }
      return responses.compactMap { $0 }
    }
  }
}

/// An array of messages, which only revision 2025-03-26 knows.
struct Batch {
  let messages: [Result<Message, InvalidMessage>]

  /// The ids of its requests.
  var requests: [RequestID] {
    messages.compactMap { if case .success(.request(let request)) = $0 { request.id } else { nil } }
  }

  /// Spec: 2025-03-26, basic/index, "Batching"; basic/lifecycle: `initialize` is never in a batch.
  init(_ elements: [JSON], for handshake: Handshake?, limit: Int) throws(RPCError) {
    guard let handshake, handshake.revision.hasBatches else {
      throw RPCError(.invalidRequest, "batches are not part of this revision: send one message at a time")
    }
    guard !elements.isEmpty else { throw RPCError(.invalidRequest, "a batch must not be empty") }
    guard elements.count <= limit else {
      throw RPCError(.invalidRequest, "a batch has at most \(limit) messages here: send it in parts")
    }
    messages = elements.map { element in Result { () throws(InvalidMessage) in try Message(element) } }
    for case .success(.request(let request)) in messages {
      guard request.method != .initialize else {
        throw RPCError(.invalidRequest, "initialize must not be part of a batch")
      }
      guard Claim.version(named: request.params) == nil else {
        throw RPCError(.invalidRequest, "batches are not part of revision 2026-07-28: send one message at a time")
      }
    }
  }
}

extension JSON {
  /// The compact spelling.
  var bytes: [UInt8] { JSONOutput.bytes { $0.append(self) } }
}
