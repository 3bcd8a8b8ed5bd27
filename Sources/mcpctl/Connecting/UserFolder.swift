// SPDX-License-Identifier: GPL-3.0-or-later

/// The folders in which programs keep what is one user's, as the XDG Base Directory Specification has them.
enum UserFolder {
  /// What may be found out again.
  case cache
  /// What has to be kept.
  case state

  /// Where mcpctl's is; nil when there is no such place. Nothing is made.
  func path(_ environment: (String) -> String?) -> String? {
    let (variable, standard) =
      switch self {
      case .cache: ("XDG_CACHE_HOME", ".cache")
      case .state: ("XDG_STATE_HOME", ".local/state")
      }
    guard let folder = environment(variable) ?? environment("HOME").map({ "\($0)/\(standard)" }), folder.hasPrefix("/")
    else { return nil }
    return "\(folder)/mcpctl"
  }
}
