// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The lines of requests that one thread has logged in one turn of its loop: they go out together, with one write.
///
/// Whoever turns such a loop begins a batch on its thread and writes it with every turn. Lines of other threads, and those
/// that tell of more than a request, never wait.
package final class LogBatch {
  private struct Output {
    let descriptor: Int32
    var bytes: [UInt8] = []
  }

  /// As much as a pipe takes without mixing it with what others write (PIPE_BUF on Linux).
  private static let most = 4096
  private static let key: pthread_key_t? = {
    var key = pthread_key_t()
    return pthread_key_create(&key, nil) == 0 ? key : nil
  }()

  /// One for each file that is logged to; there are one or two.
  private var outputs: [Output] = []
  private var clock = TimestampText()

  /// Begins the batch of the calling thread, on which alone it may be used, and ended before the thread does.
  package init() { Self.key.map { _ = pthread_setspecific($0, Unmanaged.passUnretained(self).toOpaque()) } }

  deinit { Self.key.map { _ = pthread_setspecific($0, nil) } }

  /// That of the calling thread; nil on most.
  static var current: LogBatch? {
    guard let key, let pointer = pthread_getspecific(key) else { return nil }
    return Unmanaged<LogBatch>.fromOpaque(pointer).takeUnretainedValue()
  }

  /// Writes what the calling thread has in its batch, if it has one.
  package static func flushCurrent() { current?.flush() }

  /// Writes what there is.
  package func flush() {
    for index in outputs.indices where !outputs[index].bytes.isEmpty { write(index) }
  }

  /// Takes the line that `body` appends.
  func add(to descriptor: Int32, _ body: (inout [UInt8], inout TimestampText) -> Void) {
    let index = index(of: descriptor)
    let start = outputs[index].bytes.count
    body(&outputs[index].bytes, &clock)
    guard outputs[index].bytes.count > Self.most else { return }
    let line = outputs[index].bytes[start...]
    outputs[index].bytes.removeLast(line.count)
    write(index)
    outputs[index].bytes.append(contentsOf: line)
    if line.count > Self.most { write(index) }
  }

  private func index(of descriptor: Int32) -> Int {
    if let index = outputs.firstIndex(where: { $0.descriptor == descriptor }) { return index }
    outputs.append(Output(descriptor: descriptor))
    return outputs.count - 1
  }

  private func write(_ index: Int) {
    writeAll(outputs[index].bytes, to: outputs[index].descriptor)
    outputs[index].bytes.removeAll(keepingCapacity: outputs[index].bytes.capacity <= 4 * Self.most)
  }
}

/// Writes everything; what cannot be written is lost, because logging never stops the work.
func writeAll(_ bytes: [UInt8], to descriptor: Int32) {
  bytes.withUnsafeBytes { bytes in
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }
}
