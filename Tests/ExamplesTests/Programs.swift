// SPDX-License-Identifier: Apache-2.0
import Glibc
import TestSupport

/// The programs below Examples: beside MCPCTL_BINARY, else where a debug build puts them.
enum Programs {
  static let everythingServer = folder + "/EverythingServer"
  static let conformanceClient = folder + "/ConformanceClient"

  private static let folder: String = {
    if let named = getenv("MCPCTL_BINARY") {
      return String(cString: named).split(separator: "/", omittingEmptySubsequences: false).dropLast()
        .joined(separator: "/")
    }
    return #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
      + "/.build/debug"
  }()
}
