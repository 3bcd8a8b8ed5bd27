// SPDX-License-Identifier: GPL-3.0-or-later
#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How the terminal on standard input is set: as it was found, and while a call runs.
struct TerminalModes: Sendable {
  private let found: termios
  /// Nothing typed shows or is a line yet, and Ctrl-C is a signal still: what is typed ahead waits for the next prompt.
  private let quiet: termios

  /// Nil when standard input is no terminal.
  init?() {
    var settings = termios()
    guard tcgetattr(STDIN_FILENO, &settings) == 0 else { return nil }
    found = settings
    settings.c_lflag &= ~tcflag_t(ECHO | ICANON)
    quiet = settings
  }

  /// Whether the terminal has not gone.
  var isThere: Bool {
    var settings = termios()
    return tcgetattr(STDIN_FILENO, &settings) == 0
  }

  /// Puts the terminal back as it was found.
  func restore() { set(found) }

  /// Lets nothing typed show.
  func silence() { set(quiet) }

  private func set(_ wanted: termios) {
    var settings = wanted
    while tcsetattr(STDIN_FILENO, TCSADRAIN, &settings) != 0, errno == EINTR {}
  }

  /// The columns of the terminal on standard error now.
  static var columns: Int { size.ws_col > 0 ? Int(size.ws_col) : 80 }

  /// Its rows.
  static var rows: Int { size.ws_row > 0 ? Int(size.ws_row) : 24 }

  private static var size: winsize {
    var size = winsize()
    return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 ? size : winsize()
  }
}
