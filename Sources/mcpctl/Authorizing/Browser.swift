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
  ///
  /// - Returns: the address a browser on another machine ended at, where somebody types it because none is opened here.
  func show(_ page: String, opens: Bool) async -> String? {
    console.error.print("open this page to log in:\n  \(safeText(page))")
    if opens, let program {
      if startDetached(program, [page]) { return nil }
      console.error.print("(\(program) could not be started; open it yourself)")
    }
    guard console.input.isTerminal else { return nil }
    console.error.print("on another machine the browser ends at an address it cannot open: paste that here, or wait")
    let address = try? await console.input.line()?.trimmed
    return address?.isEmpty == false ? address : nil
  }
}
