// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The lines that were read and not taken yet.
struct LineInput: ~Copyable {
  private var framer: LineFramer
  private var lines: [[UInt8]] = []
  private var taken = 0
  private var buffer = [UInt8](repeating: 0, count: 64 << 10)
  /// How many bytes the lines that wait have.
  private(set) var unread = 0
  /// Set when the input is over, or broken; the lines before it are still there.
  private(set) var end: Result<Void, IOError>?

  init(limit: Int) { framer = LineFramer(limit: limit) }

  /// Takes the next line.
  mutating func next() -> [UInt8]? {
    guard taken < lines.count else { return nil }
    let line = lines[taken]
    taken += 1
    unread -= line.count
    if taken == lines.count {
      lines.removeAll(keepingCapacity: true)
      taken = 0
    }
    return line
  }

  /// Reads once.
  mutating func read(_ descriptor: CInt) {
    guard end == nil else { return }
    let count = buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
    if count < 0, errno == EINTR || errno == EAGAIN { return }
    let buffer = buffer
    var new: [[UInt8]] = []
    do throws(IOError) {
      if count > 0 {
        try framer.consume(buffer.span.extracting(0..<count), into: &new)
      } else {
        framer.finish(into: &new)
        end = .success(())
      }
    } catch {
      end = .failure(error)
    }
    for line in new { unread += line.count }
    lines += new
  }
}
