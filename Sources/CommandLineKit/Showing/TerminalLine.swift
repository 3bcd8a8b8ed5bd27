// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// One line from a terminal, for which a task waits without holding a thread.
struct TerminalLine {
  let descriptor: Int32

  /// The longest line. A terminal hands out at most 4096 bytes at once.
  private static let limit = 1 << 16

  func read(isHidden: Bool) async throws(CancellationError) -> String? {
    let before = isHidden ? hideInput() : nil
    defer { if var before { tcsetattr(descriptor, TCSAFLUSH, &before) } }
    var line: [UInt8] = []
    while line.count < Self.limit {
      try await untilReadable()
      var chunk = [UInt8](repeating: 0, count: 4096)
      let count = chunk.withUnsafeMutableBytes { Self.read(descriptor, $0) }
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      guard count > 0 else { return line.isEmpty ? nil : String(decoding: line, as: UTF8.self) }
      line += chunk[..<count]
      // Ctrl-D as it was typed ahead, while the terminal kept keys as they came.
      if line.first == 0x04 { return nil }
      if line.last == 0x0A { break }
    }
    return String(decoding: line.prefix { $0 != 0x0A && $0 != 0x0D }, as: UTF8.self)
  }

  /// People type slowly: looking twenty times a second is soon enough, and needs no thread that blocks.
  private func untilReadable() async throws(CancellationError) {
    while true {
      var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      if poll(&ready, 1, 0) != 0 { return }
      do { try await Task.sleep(for: .milliseconds(50)) } catch { throw CancellationError() }
    }
  }

  /// Stops the terminal from showing what is typed; returns its settings before.
  private func hideInput() -> termios? {
    var settings = termios()
    guard tcgetattr(descriptor, &settings) == 0 else { return nil }
    let before = settings
    settings.c_lflag &= ~tcflag_t(ECHO)
    settings.c_lflag |= tcflag_t(ECHONL)
    return tcsetattr(descriptor, TCSAFLUSH, &settings) == 0 ? before : nil
  }

  private static func read(_ descriptor: Int32, _ bytes: UnsafeMutableRawBufferPointer) -> Int {
    #if canImport(Glibc)
      Glibc.read(descriptor, bytes.baseAddress, bytes.count)
    #else
      Darwin.read(descriptor, bytes.baseAddress, bytes.count)
    #endif
  }
}
