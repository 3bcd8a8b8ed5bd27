// SPDX-License-Identifier: Apache-2.0
import EventIO
import Synchronization

/// Waits on this machine for the user's browser to come back from the authorization server.
///
/// Spec: RFC 8252, section 7.3.
final class RedirectListener: HTTPHandler, HTTPRoute {
  /// Reads the query of an answer; nil for one that is passed over.
  typealias Reading = @Sendable (_ query: String) -> Result<String, ClientError>?

  private let path: String
  private let reading = Mutex<Reading?>(nil)
  private let answer = Promise<Result<String, ClientError>>()

  private init(path: String) { self.path = path }

  /// Listens at `wanted` while `body` runs; at any port of 127.0.0.1 unless told.
  /// - Parameter body: gets the URI to send the browser to.
  static func listening<Value>(
    at wanted: WebAddress?, _ body: (RedirectListener, String) async throws(ClientError) -> Value
  ) async throws(ClientError) -> Value {
    let host = wanted?.host ?? "127.0.0.1"
    let path = wanted?.path ?? "/callback"
    let listener = RedirectListener(path: path.isEmpty ? "/" : path)
    var limits = HTTPLimits()
    (limits.connections, limits.bodyBytes, limits.headerBytes) = (16, 1024, 32 << 10)
    (limits.answerTime, limits.idleTime) = (.seconds(10), .seconds(10))
    let (server, port): (HTTPServer, UInt16)
    do throws(IOError) {
      (server, port) = try await start(listener, limits, at: host, wanted?.port)
    } catch {
      throw ClientError(.redirectPort, "the browser cannot be sent back here: \(error.message)")
    }
    do throws(ClientError) {
      let value = try await body(listener, "http://\(host):\(port)\(path)")
      await server.shutdown(within: .milliseconds(500))
      return value
    } catch {
      await server.shutdown(within: .milliseconds(500))
      throw error
    }
  }

  /// A port that was let go a moment ago may still be held by a program that is just being started, as the browser is.
  private static func start(
    _ listener: RedirectListener, _ limits: HTTPLimits, at host: String, _ wanted: UInt16?
  ) async throws(IOError) -> (HTTPServer, UInt16) {
    var attempt = 1
    while true {
      let server = try HTTPServer(handler: listener, limits: limits)
      do throws(IOError) {
        return (server, try start(server, at: host, wanted))
      } catch {
        await server.shutdown(within: .zero)
        guard wanted != nil, attempt < 5, error.isAddressInUse else { throw error }
        attempt += 1
        do { try await Task.sleep(for: .milliseconds(40)) } catch _ { throw error }
      }
    }
  }

  private static func start(_ server: HTTPServer, at host: String, _ wanted: UInt16?) throws(IOError) -> UInt16 {
    if let wanted { return try server.start(host: host, port: wanted).first?.port ?? 0 }
    // Below those the system gives to connections, so that the port a client is registered with is free the next time too.
    for _ in 0..<8 {
      if let port = try? server.start(host: host, port: .random(in: 10_240..<32_768)).first?.port { return port }
    }
    return try server.start(host: host, port: 0).first?.port ?? 0
  }

  /// Shows a page, and waits for the answer that `read` takes, from the browser or in an address `show` brings. Whatever
  /// else the browser is sent here with is told that it is wrong.
  func answer(
    within patience: Duration, read: @escaping Reading, show: @escaping @Sendable () async -> String?
  ) async throws(ClientError) -> String {
    reading.withLock { $0 = read }
    let late = Task { [answer] in
      try await Task.sleep(for: patience)
      answer.keep(.failure(ClientError(.timeout, "nobody agreed in the browser within \(patience); try again")))
    }
    let showing = Task { [answer] in
      guard let address = await show() else { return }
      let query = address.split(separator: "#", maxSplits: 1).first?.split(separator: "?", maxSplits: 1).last ?? ""
      let wrong = ClientError(.unauthorized, "that address is no answer to this login: copy the whole of it")
      answer.keep(read(String(query)) ?? .failure(wrong))
    }
    defer {
      late.cancel()
      showing.cancel()
    }
    let given = ClientError(.cancelled, "waiting for the browser was given up")
    return try await answer.value(onCancel: .failure(given)).get()
  }

  func respond(to request: HTTPRequest, through response: HTTPResponder) -> HTTPWork? {
    guard request.path == path, let read = reading.withLock({ $0 }) else {
      return page(404, "Nothing is here.", response)
    }
    guard request.method == .get else { return page(405, "Only GET is understood here.", response) }
    guard let result = read(request.query ?? "") else {
      return page(400, "This is no answer to a question that was asked.", response)
    }
    guard answer.keep(result) else { return page(409, "There was an answer before.", response) }
    if case .success = result {
      return page(200, "The program that asked goes on from here. This page can be closed.", response)
    }
    return page(400, "That did not work. The program that asked says why.", response)
  }

  private func page(_ status: HTTPStatus, _ text: String, _ response: HTTPResponder) -> HTTPWork? {
    let headers: HTTPHeaders = [
      "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", "Connection": "close",
      "Content-Security-Policy": "default-src 'none'", "Referrer-Policy": "no-referrer",
      "X-Content-Type-Options": "nosniff",
    ]
    let body = "<!doctype html><title>Authorization</title><p>\(text)</p>\n"
    return response.answer(status, headers: headers, body: Array(body.utf8))
  }
}
