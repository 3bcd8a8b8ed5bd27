// SPDX-License-Identifier: Apache-2.0

/// A response's body as it comes. Letting go of it breaks the response off.
package final class HTTPClientBody: Sendable {
  private let transfer: HTTPTransfer
  private let cancelTransfer: @Sendable () -> Void
  private let resumeTransfer: @Sendable () -> Void

  init(
    _ transfer: HTTPTransfer, resume: @escaping @Sendable () -> Void, cancel: @escaping @Sendable () -> Void
  ) {
    self.transfer = transfer
    resumeTransfer = resume
    cancelTransfer = cancel
  }

  deinit { cancelTransfer() }

  /// The next bytes, at least one; nil at the end. One task at a time may ask.
  /// - Throws: `IOError` when the response broke off, a deadline passed, or the task was cancelled.
  package func next() async throws(IOError) -> [UInt8]? {
    while true {
      switch transfer.take() {
      case .pieces(let pieces, let madeRoom):
        if madeRoom { resumeTransfer() }
        if pieces.count == 1 { return pieces[0] }
        var bytes: [UInt8] = []
        for piece in pieces { bytes += piece }
        return bytes
      case .end(let end):
        try end.get()
        return nil
      case .wait(let reader):
        await reader.value(onCancel: ())
        if Task.isCancelled {
          cancel()
          throw IOError(.cancelled, "the response of \(transfer.place) was given up")
        }
      }
    }
  }

  /// The whole rest.
  /// - Throws: also `IOError` `.tooLarge` beyond `limit` bytes.
  package func collect(limit: Int) async throws(IOError) -> [UInt8] {
    var all: [UInt8] = []
    while let bytes = try await next() {
      guard all.count + bytes.count <= limit else {
        cancel()
        throw IOError(.tooLarge, "the response of \(transfer.place) is larger than \(limit) bytes")
      }
      if all.isEmpty { all = bytes } else { all += bytes }
    }
    return all
  }

  /// Nobody wants the rest: if it comes within `time`, it is read and dropped, so that the connection can be used
  /// again; else the response is broken off.
  package func discard(within time: Duration = .seconds(1)) {
    transfer.drain(until: .now.advanced(by: time))
    resumeTransfer()
  }

  /// Breaks the response off.
  package func cancel() { cancelTransfer() }
}
