// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Ends this program with one line on standard error: its name, and what went wrong.
package func endProgram(saying message: String, code: Int32) -> Never {
  let name = CommandLine.arguments.first?.split(separator: "/").last.map(String.init) ?? "server"
  let line = Array("\(name): \(message.split(whereSeparator: \.isNewline).joined(separator: " "))\n".utf8)
  var rest = line[...]
  while !rest.isEmpty {
    let count = rest.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    if count < 0, errno == EINTR { continue }
    guard count > 0 else { break }  // nobody reads it
    rest = rest.dropFirst(count)
  }
  exit(code)
}
