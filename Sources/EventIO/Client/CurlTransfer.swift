// SPDX-License-Identifier: Apache-2.0
import CCurl

/// A transfer as libcurl's thread sees it. Never leaves that thread.
final class CurlTransfer {
  private let transfer: HTTPTransfer
  private var handle: OpaquePointer?
  private var status: HTTPStatus = 0
  private var headers = HTTPHeaders()
  private var hasHead = false
  private var lastActivity = ContinuousClock.now

  var id: UInt64 { transfer.id }

  private init(_ transfer: HTTPTransfer) { self.transfer = transfer }

  /// Starts the transfer; nil when libcurl refuses it, which the transfer is told.
  static func start(_ transfer: HTTPTransfer, _ multi: CurlMulti) -> CurlTransfer? {
    let active = CurlTransfer(transfer)
    var problem: UnsafePointer<CChar>?
    active.handle = transfer.request.withCurlRequest(transfer.options) { request in
      ccurl_start(
        multi.pointer, request, { CurlTransfer.of($2).header($0, $1) }, { CurlTransfer.of($2).body($0, $1) },
        Unmanaged.passUnretained(active).toOpaque(), &problem)
    }
    if active.handle != nil { return active }
    let option = problem.map { String(cString: $0) } ?? ""
    transfer.finish(
      .failure(IOError(.invalid, "the request to \(transfer.place) cannot be sent: \(option) is refused")))
    return nil
  }

  /// The context is the object that the thread's table keeps for as long as libcurl knows the transfer.
  private static func of(_ context: UnsafeMutableRawPointer?) -> CurlTransfer {
    guard let context else { preconditionFailure("libcurl passes the context it was given") }
    return Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
  }

  func resume() {
    lastActivity = .now
    if let handle { ccurl_resume(handle) }
  }

  func end(_ result: Result<Void, IOError>, _ multi: CurlMulti) {
    if let handle { ccurl_end(multi.pointer, handle) }
    handle = nil
    transfer.finish(result)
  }

  /// When the peer will have been silent for too long; nil when it may be silent, or waits for us.
  var idleDeadline: ContinuousClock.Instant? {
    if let deadline = transfer.drainDeadline { return deadline }
    guard let timeout = transfer.request.idleTimeout, !transfer.isFull else { return nil }
    return lastActivity.advanced(by: timeout)
  }

  var idleError: IOError {
    let timeout = transfer.request.idleTimeout ?? .zero
    return IOError(.timeout, "\(transfer.place) said nothing for \(timeout)")
  }

  // Callbacks

  private func header(_ bytes: UnsafePointer<CChar>?, _ count: Int) -> Int {
    lastActivity = .now
    let line = Self.text(bytes, count)
    if line.hasPrefix("HTTP/") {
      status = HTTPStatus(rawValue: line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0)
      headers = HTTPHeaders()
    } else if let colon = line.firstIndex(of: ":") {
      headers.add(String(line[..<colon]), String(line[line.index(after: colon)...].trimmingSpaces))
    } else if line.isEmpty, status.rawValue >= 200, !hasHead {
      hasHead = true
      transfer.head.keep(.success(.init(status: status, headers: headers, times: times)))
    }
    return count
  }

  private func body(_ bytes: UnsafePointer<CChar>?, _ count: Int) -> Int {
    lastActivity = .now
    let piece = [UInt8](UnsafeRawBufferPointer(start: bytes, count: count))
    return transfer.add(piece) ? count : Int(CCURL_PAUSE)
  }

  private static func text(_ bytes: UnsafePointer<CChar>?, _ count: Int) -> String {
    var bytes = UnsafeRawBufferPointer(start: bytes, count: count)[...]
    while let last = bytes.last, last == 0x0A || last == 0x0D { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }

  private var times: HTTPClient.Times {
    guard let handle else {
      return .init(resolved: .zero, connected: .zero, secured: .zero, firstByte: .zero)
    }
    let times = ccurl_times_of(handle)
    return .init(
      resolved: .microseconds(times.resolved), connected: .microseconds(times.connected),
      secured: .microseconds(times.secured), firstByte: .microseconds(times.first_byte))
  }
}

// MARK: - What went wrong, for people

extension CurlTransfer {
  func error(_ failure: ccurl_failure, _ detail: String) -> IOError {
    let place = transfer.place
    switch failure {
    case CCURL_RESOLVE: return IOError(.resolve, "\(place) cannot be found: \(detail); check the name")
    case CCURL_CONNECT: return IOError(.connect, "\(place) cannot be reached: \(detail); is the server running there?")
    case CCURL_TLS:
      return IOError(
        .tls,
        "no TLS with \(place): \(detail); a server without TLS is http://, a private authority needs its CA file")
    case CCURL_SEND: return IOError(.send, "\(place) broke off while the request was sent: \(detail)")
    case CCURL_RECEIVE: return IOError(.receive, "\(place) broke off the response: \(detail)")
    case CCURL_TIMEOUT: return IOError(.timeout, "\(place): \(timeoutReason) (\(detail))")
    case CCURL_MALFORMED: return IOError(.malformed, "\(place) does not speak HTTP: \(detail)")
    case CCURL_INVALID: return IOError(.invalid, "'\(HTTPURL.shown(transfer.request.url))' is no URL: \(detail)")
    default: return IOError(.receive, "\(place): \(detail)")
    }
  }

  /// Where a transfer was when its time was over.
  private var timeoutReason: String {
    let times = times
    let isTLS = transfer.request.url.lowercased().hasPrefix("https:")
    if hasHead { return "the response took too long" }
    if times.resolved == .zero { return "its name was not found in time" }
    if isTLS ? times.secured == .zero : times.connected == .zero {
      return "no \(isTLS ? "TLS connection" : "connection") in time; is the server running there?"
    }
    return "no response in time"
  }
}

extension Substring {
  fileprivate var trimmingSpaces: Substring {
    var text = drop { $0 == " " || $0 == "\t" }
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    return text
  }
}
