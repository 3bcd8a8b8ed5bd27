// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import EventIO

/// The user's browser.
struct Browser {
  let console: Console

  /// The program that opens a page: the first in `BROWSER`, else the desktop's own; nil when `BROWSER` is set and empty.
  var program: String? {
    guard let named = console.environment("BROWSER") else { return "xdg-open" }
    return named.split(separator: ":").first.map(String.init)
  }

  /// Says where the page is, and opens it unless `opens` is false. The page is https, or on this machine: the library
  /// lets nothing else through. The program gets it as one word, from no shell.
  func show(_ page: String, opens: Bool) {
    console.error.print("open this page to log in:\n  \(safeText(page))")
    guard opens, let program else { return }
    if !startDetached(program, [page]) { console.error.print("(\(program) could not be started; open it yourself)") }
  }
}
