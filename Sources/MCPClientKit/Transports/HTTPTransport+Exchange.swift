// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import Observability
import Synchronization

extension HTTPTransport {
  /// Posts a request and listens until its response has come.
  func exchange(_ request: Request) async -> Answer {
    do throws(ClientError) {
      let response = try await post(.request(request))
      let times = response.times
      events.reached?(request.id) { $0.note(times) }
      noteSession(response, of: request)
      let answer =
        response.isEventStream
        ? try await followStream(response, for: request) : try await readBody(response, for: request)
      return .success(learn(from: answer, to: request))
    } catch {
      return .failure(error)
    }
  }

  /// Posts a notification, or an answer to the server; it only has to accept it.
  func send(_ message: Message, within timeout: Duration) async throws(ClientError) {
    try await post(message, within: timeout).body.discard()
  }

  private func post(
    _ message: Message, within timeout: Duration? = nil
  ) async throws(ClientError) -> HTTPClient.Response {
    var body: [UInt8] = []
    message.json.write(to: &body)
    events.trace?(.sent(body))
    var headers = headers(for: message)
    let credential = try await options.authorize(&headers, to: url)
    events.trace?(.http(Redaction.lines(.post, url, headers)))
    let response: HTTPClient.Response
    do {
      response = try await client.send(
        .init(.post, url, headers: headers, body: body, totalTimeout: timeout, isRepeatable: message.isRepeatable))
    } catch {
      throw ClientError(error)
    }
    trace(response)
    if (200..<300).contains(response.status.rawValue) { return response }
    throw await failure(response, hadSession: headers.contains("Mcp-Session-Id")).sent(with: credential)
  }

  /// Why a response with an error status is no answer. Bodies of errors are read up to 64 KiB.
  func failure(_ response: HTTPClient.Response, hadSession: Bool) async -> ClientError {
    let body: [UInt8]
    do {
      body = try await response.body.collect(limit: 64 << 10)
    } catch {
      body = []
    }
    if !body.isEmpty { events.trace?(.received(body)) }
    if response.status == .notFound, hadSession {
      return ClientError(.sessionLost, "\(name) no longer knows the session (HTTP 404)", httpStatus: 404).unsent()
    }
    return ClientError(status: response.status, headers: response.headers, body: body, from: name)
  }

  func trace(_ response: HTTPClient.Response) {
    let type = response.headers["Content-Type"].map { " \($0)" } ?? ""
    events.trace?(.note("HTTP \(response.status)\(type)"))
    events.trace?(.http(Redaction.lines(response.status, response.headers)))
  }
}

// MARK: - Reading responses

extension HTTPTransport {
  private func readBody(
    _ response: HTTPClient.Response, for request: Request
  ) async throws(ClientError) -> Response {
    let body: [UInt8]
    do {
      body = try await response.body.collect(limit: options.limits.message)
    } catch {
      throw ClientError(error)
    }
    guard !body.isEmpty else {
      throw ClientError(
        .invalidResponse, "\(name) answered \(request.method) with HTTP \(response.status) and nothing else",
        httpStatus: response.status.rawValue)
    }
    if let answer = try receive(body, for: request) { return answer }
    throw ClientError(.invalidResponse, "\(name) sent no response to \(request.method)")
  }

  /// Takes one text: hands out notifications and requests, and returns the response to `request` if that was it.
  ///
  /// On the stream of no request there are no responses.
  func receive(_ text: [UInt8], for request: Request?) throws(ClientError) -> Response? {
    let asked = request?.method.rawValue ?? "GET"
    events.trace?(.received(text))
    let json: JSON
    do {
      json = try JSON(parsing: text, limits: JSONLimits(bytes: options.limits.message))
    } catch {
      throw ClientError(.invalidResponse, "\(name) answered \(asked) with something that is no JSON: \(error)")
    }
    var answer: Response?
    for message in json.array ?? [json] {  // 2025-03-26 may send several messages at once
      do {
        switch try Message(message) {
        case .response(let response):
          if let request, response.id == request.id || isNameless(response) { answer = response }
        case .notification(let notification):
          serverRequests.cancel(notification)
          events.notified(notification, request?.id)
        case .request(let question): reply(to: question)
        }
      } catch {
        throw ClientError(.invalidResponse, "\(name) answered \(asked) with \(error.error.message)")
      }
    }
    return answer
  }

  /// An error whose request could not be read; on a stream of one request it can only mean that one.
  private func isNameless(_ response: Response) -> Bool {
    if case .failure = response.outcome { response.id == nil } else { false }
  }

  /// The modern era has no requests of servers, and no responses of clients.
  private func reply(to request: Request) {
    guard state.withLock({ $0.modern }) == nil else {
      return events.logger.warning("ignored a request of a modern server", [("method", request.method.rawValue)])
    }
    serverRequests.answer(request) { [self] response in
      try? await send(.response(response), within: options.timeouts.opening)  // nobody is left to tell of a failure
    }
  }
}

// MARK: - What passes by

extension HTTPTransport {
  private func noteSession(_ response: HTTPClient.Response, of request: Request) {
    guard request.method == .initialize, !request.isModern else { return }
    let id = response.headers["Mcp-Session-Id"].flatMap { id in
      !id.isEmpty && id.utf8.allSatisfy { (0x21...0x7E).contains($0) } ? id : nil
    }
    state.withLock { $0.sessionID = id }
  }

  /// Learns from a result what later requests need: the negotiated revision, arguments repeated in headers.
  private func learn(from response: Response, to request: Request) -> Response {
    guard case .success(let result) = response.outcome else { return response }
    if request.isModern {
      let revision = Claim.version(named: request.params)?.string.flatMap(Revision.init(rawValue:))
      state.withLock { $0.modern = revision }
      return request.method == .toolsList ? mirror(result, response) : response
    }
    if request.method == .initialize, let version = result["protocolVersion"]?.string {
      state.withLock { ($0.legacy, $0.modern) = (Revision(rawValue: version), nil) }
    }
    return response
  }

  private func mirror(_ result: JSONObject, _ response: Response) -> Response {
    let (page, dropped) = state.withLock { $0.mirror.learn(from: result) }
    for reason in dropped { events.logger.warning("dropped a tool", [("server", name), ("reason", reason)]) }
    return Response(id: response.id, outcome: .success(page))
  }
}

extension Message {
  /// Whether it may arrive twice.
  fileprivate var isRepeatable: Bool {
    if case .request(let request) = self { request.method.isRepeatable } else { false }
  }
}

extension RequestTiming.Phases {
  /// Zero stands for what was not needed. A kept connection needs no name either, however little it takes.
  fileprivate mutating func note(_ times: HTTPClient.Times) {
    func reached(_ time: Duration) -> Duration? { time > .zero ? time : nil }
    (connected, secured, firstByte) = (reached(times.connected), reached(times.secured), reached(times.firstByte))
    resolved = connected == nil ? nil : reached(times.resolved)
  }
}

extension HTTPClient.Response {
  var isEventStream: Bool {
    headers["Content-Type"]?.lowercased().hasPrefix("text/event-stream") == true
  }
}
