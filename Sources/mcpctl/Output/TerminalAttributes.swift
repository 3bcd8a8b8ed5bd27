// SPDX-License-Identifier: GPL-3.0-or-later
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What a terminal says it can, when it is asked for its primary device attributes (`CSI c`).
enum TerminalAttributes {
  /// The attribute of one that draws sixels.
  static let sixel = 4
  /// How long it may take to answer; one far away may be slow, one that does not know the question never answers.
  private static let patience: Int32 = 500
  /// The longest answer.
  private static let limit = 64

  /// Whether the terminal may be asked: not for what runs beside somebody who types.
  @TaskLocal static var mayAsk = true
  private static let answer = Mutex<[Int]?>(nil)

  /// Asks, once. Nothing is known where it may not be asked.
  static func asked() -> [Int] {
    answer.withLock { answer in
      guard answer == nil, mayAsk else { return answer ?? [] }
      let found = ask()
      answer = found
      return found ?? []
    }
  }

  /// Nil from a process in the background, which would be stopped for asking.
  private static func ask() -> [Int]? {
    let terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard terminal >= 0 else { return [] }
    defer { close(terminal) }
    guard tcgetpgrp(terminal) == getpgrp() else { return nil }
    var before = termios()
    var typed: Int32 = 0
    // What was typed already is not ours to read.
    guard tcgetattr(terminal, &before) == 0, ioctl(terminal, UInt(FIONREAD), &typed) == 0, typed == 0 else { return [] }
    var silent = before
    silent.c_lflag &= ~tcflag_t(ECHO | ICANON)
    guard tcsetattr(terminal, TCSADRAIN, &silent) == 0 else { return [] }
    defer { tcsetattr(terminal, TCSADRAIN, &before) }
    let question = Array("\u{1B}[c".utf8)
    guard question.withUnsafeBytes({ systemWrite(terminal, $0) }) == question.count else { return [] }
    var answer: [UInt8] = []
    var byte: UInt8 = 0
    while answer.count < limit {
      var ready = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
      guard poll(&ready, 1, patience) == 1, read(terminal, &byte, 1) == 1 else { return [] }
      answer.append(byte)
      if byte == UInt8(ascii: "c") { break }
    }
    return numbers(in: answer)
  }

  /// The numbers of `ESC [ ? 62 ; 4 c`.
  static func numbers(in answer: [UInt8]) -> [Int] {
    let text = String(decoding: answer, as: UTF8.self)
    guard let start = text.firstRange(of: "\u{1B}[?"), text.hasSuffix("c") else { return [] }
    return text[start.upperBound...].dropLast().split(separator: ";").compactMap { Int($0) }
  }
}
