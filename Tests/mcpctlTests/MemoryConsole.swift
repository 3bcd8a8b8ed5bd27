// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import Synchronization

/// A console in memory.
final class MemoryConsole: Sendable {
  private let written = Mutex<[[UInt8]]>([[], []])
  private let saved = Mutex<[String: [UInt8]]>([:])
  private let isTerminal: Bool
  private let color: ColorChoice
  private let input: String
  private let lines: Mutex<[String]>
  private let variables: [String: String]
  private let files: [String: String]

  init(
    isTerminal: Bool = false, color: ColorChoice = .never, input: String = "", lines: [String] = [],
    environment: [String: String] = [:],
    files: [String: String] = [:]
  ) {
    (self.isTerminal, self.color) = (isTerminal, color)
    (self.input, variables, self.files) = (input, environment, files)
    self.lines = Mutex(lines)
  }

  var console: Console {
    Console(
      output: stream(0), error: stream(1),
      input: InputStream(
        isTerminal: isTerminal, readAll: { _ throws(FileFault) in Array(self.input.utf8) },
        readLine: { _ async throws(CancellationError) in
          self.lines.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        }),
      environment: { self.variables[$0] },
      readFile: { path, _ throws(FileFault) in
        guard let text = self.files[path] else {
          throw FileFault(path: path, reason: "No such file or directory", isMissing: true)
        }
        return Array(text.utf8)
      },
      writeFile: { path, bytes throws(FileFault) in self.saved.withLock { $0[path] = bytes } })
  }

  var output: String { written.withLock { String(decoding: $0[0], as: UTF8.self) } }
  var error: String { written.withLock { String(decoding: $0[1], as: UTF8.self) } }
  var savedFiles: [String: [UInt8]] { saved.withLock { $0 } }

  private func stream(_ index: Int) -> OutputStream {
    OutputStream(
      isTerminal: isTerminal, usesColor: color.wantsColor(isTerminal: isTerminal) { self.variables[$0] },
      colorsResults: color == .always ? true : nil, width: 80, limit: 0
    ) { bytes in
      self.written.withLock { $0[index] += bytes }
      return 0
    }
  }
}
