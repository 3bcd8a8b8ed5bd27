// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import Synchronization

/// The transport of 2024-11-05: messages come on one event stream and go out by POST to the URL its first event names.
///
/// Spec: 2024-11-05, basic/transports, "HTTP with SSE".
final class SSEChannel: MessageChannel {
  private struct State {
    var parser: SSEParser
    /// Events read and not yet handed out, last first.
    var events: [ServerSentEvent]
    var revision: Revision?
  }

  private let endpoint: String
  private let client: HTTPClient
  private let options: ClientOptions
  private let stream: HTTPClientBody
  private let state: Mutex<State>

  private init(
    _ endpoint: String, _ client: HTTPClient, _ options: ClientOptions, _ stream: HTTPClientBody, _ state: State
  ) {
    self.endpoint = endpoint
    self.client = client
    self.options = options
    self.stream = stream
    self.state = Mutex(state)
  }

  /// Opens the stream at `url` and waits for its `endpoint` event.
  static func open(
    _ url: String, _ client: HTTPClient, _ options: ClientOptions, within timeout: Duration
  ) async throws(ClientError) -> SSEChannel {
    let opened = await within(timeout) { await openStream(url, client, options) }
    guard let opened else {
      throw ClientError(
        .timeout, "\(HTTPURL.shown(url)) sent no 'endpoint' event within \(timeout); is it an HTTP+SSE server?")
    }
    return try opened.get()
  }

  private static func openStream(
    _ url: String, _ client: HTTPClient, _ options: ClientOptions
  ) async -> Result<SSEChannel, ClientError> {
    var headers: HTTPHeaders = ["Accept": "text/event-stream", "Cache-Control": "no-store"]
    for header in options.http.headers { headers.set(header.name, header.value) }
    do {
      let credential = try await options.authorize(&headers, to: url)
      options.onTrace?(.http(Redaction.lines(.get, url, headers)))
      let response = try await client.send(.init(.get, url, headers: headers))
      options.onTrace?(.http(Redaction.lines(response.status, response.headers)))
      guard response.status == .ok else {
        let body = (try? await response.body.collect(limit: 64 << 10)) ?? []
        return .failure(
          ClientError(status: response.status, headers: response.headers, body: body, from: HTTPURL.shown(url))
            .sent(with: credential))
      }
      guard response.headers["Content-Type"]?.lowercased().hasPrefix("text/event-stream") == true else {
        return .failure(
          ClientError(.invalidResponse, "\(HTTPURL.shown(url)) answers GET with something that is no event stream"))
      }
      var parser = SSEParser(maximumBytes: options.limits.message)
      while let bytes = try await response.body.next() {
        let events = try parser.consume(bytes.span)
        guard let index = events.firstIndex(where: { $0.event == "endpoint" }) else { continue }
        let endpoint = try resolve(events[index].data, from: url)
        let later = Array(events[(index + 1)...].reversed())
        return .success(SSEChannel(endpoint, client, options, response.body, State(parser: parser, events: later)))
      }
      return .failure(ClientError(.disconnected, "\(HTTPURL.shown(url)) ended the stream before its 'endpoint' event"))
    } catch let error as IOError {
      return .failure(ClientError(error))
    } catch {
      return .failure(error as? ClientError ?? ClientError(.invalidResponse, "\(HTTPURL.shown(url)): \(error)"))
    }
  }

  /// Where to post: a URI, as the specification has it, or `{"endpoint": …}`, as some servers send it.
  private static func resolve(_ data: String, from url: String) throws(ClientError) -> String {
    let json = try? JSON(parsing: data)
    let reference = json?["endpoint"]?.string ?? json?["uri"]?.string ?? data
    guard let endpoint = HTTPURL.resolve(reference, from: url) else {
      throw ClientError(
        .invalidResponse,
        "\(HTTPURL.shown(url)) names an endpoint that is no URL: \(HTTPURL.shown(String(reference.prefix(200))))")
    }
    guard HTTPURL.origin(of: endpoint) == HTTPURL.origin(of: url) else {
      throw ClientError(
        .invalidResponse,
        "\(HTTPURL.shown(url)) wants messages sent to another origin, \(HTTPURL.shown(endpoint)): refused")
    }
    return endpoint
  }

  // The channel

  func send(_ text: [UInt8]) async throws {
    var headers: HTTPHeaders = ["Content-Type": "application/json", "Accept": "application/json, text/event-stream"]
    if let revision = state.withLock({ $0.revision }), revision.hasVersionHeader {
      headers.add("MCP-Protocol-Version", revision.rawValue)
    }
    for header in options.http.headers { headers.set(header.name, header.value) }
    let credential = try await options.authorize(&headers, to: endpoint)
    options.onTrace?(.http(Redaction.lines(.post, endpoint, headers)))
    do {
      let response = try await client.send(
        .init(.post, endpoint, headers: headers, body: text, totalTimeout: options.timeouts.opening))
      options.onTrace?(.http(Redaction.lines(response.status, response.headers)))
      if (200..<300).contains(response.status.rawValue) { return response.body.discard() }
      let body = (try? await response.body.collect(limit: 64 << 10)) ?? []
      throw ClientError(status: response.status, headers: response.headers, body: body, from: HTTPURL.shown(endpoint))
        .sent(with: credential)
    } catch let error as IOError {
      throw error.code == .closed ? ChannelClosed() : ClientError(error)
    }
  }

  func receive() async throws -> [UInt8]? {
    while true {
      while let event = state.withLock({ $0.events.popLast() }) {
        guard event.event == nil || event.event == "message", !event.data.isEmpty else { continue }
        let text = Array(event.data.utf8)
        noteRevision(in: text)
        return text
      }
      do {
        guard let bytes = try await stream.next() else { return nil }
        try state.withLock { state throws(IOError) in state.events = try state.parser.consume(bytes.span).reversed() }
      } catch {
        if error.code == .closed || error.code == .cancelled { return nil }
        throw ClientError(error)
      }
    }
  }

  func close() async {
    stream.cancel()
    client.close()
  }

  /// Revisions since 2025-06-18 repeat themselves in a header even here.
  private func noteRevision(in text: [UInt8]) {
    guard state.withLock({ $0.revision }) == nil,
      let version = (try? JSON(parsing: text))?["result"]?["protocolVersion"]
    else { return }
    state.withLock { $0.revision = version.string.flatMap(Revision.init(rawValue:)) }
  }
}
