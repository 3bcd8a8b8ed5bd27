// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import Observability

/// Event streams, and how they are taken up again where they broke off.
extension HTTPTransport {
  /// What became of one connection that carried a stream.
  enum End {
    case answered(Response)
    /// It ended or broke before the answer.
    case cut(ClientError)
    /// What came is of no use.
    case failed(ClientError)
  }

  /// Listens until the response to `request` has come, on as many connections as it takes.
  ///
  /// Spec: 2025-11-25, basic/transports, "Resumability and Redelivery": a stream a POST began is taken up by GET. A
  /// request is never sent again for that. The modern era has no such thing.
  func followStream(_ response: HTTPClient.Response, for request: Request) async throws(ClientError) -> Response {
    var recovery = StreamRecovery(limit: options.limits.resumptions)
    var response = response
    while true {
      switch await read(response, for: request, &recovery) {
      case .answered(let answer): return answer
      case .failed(let error): throw error
      case .cut(let error):
        guard recovery.canResume, !request.isModern else { throw error }
        response = try await resume(&recovery, for: request, after: error)
      }
    }
  }

  func read(
    _ response: HTTPClient.Response, for request: Request?, _ recovery: inout StreamRecovery
  ) async -> End {
    var parser = SSEParser(maximumBytes: options.limits.message)
    let start = ContinuousClock.now
    do {
      while let bytes = try await response.body.next() {
        let arrived = try parser.consume(bytes.span)
        recovery.saw(lastEventID: parser.lastEventID, retry: parser.retry)
        if !arrived.isEmpty {
          recovery.sawEvent()
          if let request {
            let waited = ContinuousClock.now - start
            events.reached?(request.id) { $0.firstEvent = $0.firstEvent ?? ($0.firstByte ?? .zero) + waited }
          }
        }
        for event in arrived where !event.data.isEmpty {  // an event without data only names a place to come back to
          guard let answer = try receive(Array(event.data.utf8), for: request) else { continue }
          response.body.discard()
          return .answered(answer)
        }
      }
      let what = request.map { "before it answered \($0.method)" } ?? "of its notifications"
      return .cut(ClientError(.disconnected, "\(name) ended the stream \(what)"))
    } catch let error as IOError {
      let error = ClientError(error)
      return error.code == .disconnected ? .cut(error) : .failed(error)
    } catch {
      return .failed(error as? ClientError ?? ClientError(.invalidResponse, "\(name): \(error)"))
    }
  }

  /// Takes a stream up again; waits first, as long as the server asked for.
  private func resume(
    _ recovery: inout StreamRecovery, for request: Request, after cut: ClientError
  ) async throws(ClientError) -> HTTPClient.Response {
    var delay = recovery.delayAfterEnd()
    while true {
      events.trace?(.note("the stream of \(request.method) ended early; going on with it in \(delay)"))
      try await pause(delay)
      let outcome = await openStream(after: recovery.lastEventID)
      switch outcome {
      case .success(let response):
        events.alive(request.id)
        return response
      case .failure(let error):
        if error.httpStatus == 405 { throw cut }  // the server hands out event ids and takes none back
        guard error.mayPassOnReconnecting, let next = recovery.delayAfterFailure() else {
          throw error.afterSending(request.method, to: name)
        }
        delay = next
      }
    }
  }

  /// Opens a stream of the session: a broken one after the event `id`, or the session's own.
  func openStream(after id: String?) async -> Result<HTTPClient.Response, ClientError> {
    var headers = headers(for: nil)
    headers.set("Accept", "text/event-stream")
    if let id { headers.set("Last-Event-ID", id) }
    let credential: Int?
    do throws(ClientError) { credential = try await options.authorize(&headers, to: url) } catch {
      return .failure(error)
    }
    events.trace?(.http(Redaction.lines(.get, url, headers)))
    let response: HTTPClient.Response
    do {
      response = try await client.send(.init(.get, url, headers: headers))
    } catch {
      return .failure(ClientError(error))
    }
    trace(response)
    guard response.status == .ok else {
      return .failure(
        await failure(response, hadSession: headers.contains("Mcp-Session-Id")).sent(with: credential))
    }
    guard response.isEventStream else {
      response.body.cancel()
      return .failure(ClientError(.invalidResponse, "\(name) answers GET with something that is no event stream"))
    }
    return .success(response)
  }

  func pause(_ delay: Duration) async throws(ClientError) {
    do { try await Task.sleep(for: delay) } catch {
      throw ClientError(.cancelled, "the stream of \(name) was given up")
    }
  }
}

extension ClientError {
  /// Whether a later attempt to connect may go better.
  var mayPassOnReconnecting: Bool {
    switch code {
    case .unreachable, .disconnected, .timeout: true
    case .httpStatus: [429, 502, 503, 504].contains(httpStatus)
    default: false
    }
  }

  /// The request whose stream this is about was sent before, so it may well have had an effect.
  fileprivate func afterSending(_ method: Method, to name: String) -> ClientError {
    var error = self
    error.isUnsent = false
    if code == .unreachable || code == .disconnected {
      error.code = .disconnected
      error.message = "\(name) broke off before it answered \(method), and its stream cannot be resumed: \(message)"
    }
    return error
  }
}
