// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

extension Console {
  /// The real console. Call it once at start: it also makes writing to a closed pipe an ordinary error.
  ///
  /// What the words say of colour counts here because that is decided when the streams are made.
  package static func system(color: ColorChoice = .auto) -> Console {
    signal(SIGPIPE, SIG_IGN)
    let environment: @Sendable (String) -> String? = { name in getenv(name).map { String(cString: $0) } }
    func stream(_ descriptor: Int32, limit: Int) -> OutputStream {
      let isTerminal = isatty(descriptor) == 1
      return OutputStream(
        isTerminal: isTerminal,
        usesColor: color.wantsColor(isTerminal: isTerminal, environment: environment),
        colorsResults: color == .always ? true : nil,
        width: columns(of: descriptor, environment: environment), limit: limit,
        sink: { writeAll($0, to: descriptor) })
    }
    return Console(
      output: stream(STDOUT_FILENO, limit: 1 << 15), error: stream(STDERR_FILENO, limit: 0),
      input: InputStream(
        isTerminal: isatty(STDIN_FILENO) == 1,
        readAll: { limit throws(FileFault) in try readAll(STDIN_FILENO, path: "standard input", limit: limit) },
        readLine: { isHidden async throws(CancellationError) in
          try await TerminalLine(descriptor: STDIN_FILENO).read(isHidden: isHidden)
        }),
      environment: environment,
      readFile: { path, limit throws(FileFault) in
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw fault(path, errno) }
        defer { close(descriptor) }
        return try readAll(descriptor, path: path, limit: limit)
      },
      writeFile: { path, bytes throws(FileFault) in
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw fault(path, errno) }
        let failure = writeAll(bytes, to: descriptor)
        let closed = close(descriptor) == 0 ? 0 : errno
        guard failure == 0, closed == 0 else { throw fault(path, failure == 0 ? closed : failure) }
      })
  }

  /// Ends the program now, with nothing more written.
  package static func exit(_ code: Int32) -> Never { _exit(code) }

  /// Whether a failed write only means that the reader has gone.
  package static func isBrokenPipe(_ number: Int32) -> Bool { number == EPIPE }
  /// The system's words for an error number.
  package static func reason(_ number: Int32) -> String { String(cString: strerror(number)) }
}

private func fault(_ path: String, _ number: Int32) -> FileFault {
  FileFault(path: path, reason: Console.reason(number), isMissing: number == ENOENT || number == ENOTDIR)
}

private func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
  var written = 0
  while written < bytes.count {
    let count = bytes[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    if count > 0 {
      written += count
    } else if errno == EAGAIN {
      // Whoever shares the descriptor made it non-blocking: wait until there is room.
      var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      poll(&ready, 1, -1)
    } else if errno != EINTR {
      return errno
    }
  }
  return 0
}

private func readAll(_ descriptor: Int32, path: String, limit: Int) throws(FileFault) -> [UInt8] {
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
    if count == 0 { return bytes }
    if count > 0 {
      bytes += chunk[..<count]
      guard bytes.count <= limit else { throw FileFault(path: path, reason: "is larger than \(limit) bytes") }
    } else if errno == EAGAIN {
      var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      poll(&ready, 1, -1)
    } else if errno != EINTR {
      throw fault(path, errno)
    }
  }
}

private func columns(of descriptor: Int32, environment: (String) -> String?) -> Int {
  var size = winsize()
  if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
  return environment("COLUMNS").flatMap(Int.init) ?? 80
}
