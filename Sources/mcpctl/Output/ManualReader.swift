// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import EventIO

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Shows a manual page at a terminal, by whichever program there is that can: they bring their pager.
struct ManualReader {
  private let console: Console

  init(_ console: Console) { self.console = console }

  /// Whether a program has shown `page`; false when there is none that can.
  func show(_ page: ManualPage) async throws -> Bool {
    // The mark is a line of no page.
    let end = "END-OF-THE-PAGE"
    for (name, words) in [("mandoc", "mandoc -a"), ("man", "man -l -")] where console.isCommand(name) {
      // Ctrl-C is for the pager; the program it runs in is back to what signals do as usual.
      let before = signal(SIGINT, SIG_IGN)
      defer { signal(SIGINT, before) }
      let status = try await EventIO.runInForeground(shell: "\(words) <<'\(end)'\n\(page.text)\(end)\n")
      // What a pager that was left early ends with is no failure; another page than asked for, or none, is.
      if status == 0 || status > 128 { return true }
    }
    return false
  }
}
