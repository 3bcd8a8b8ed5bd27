// SPDX-License-Identifier: GPL-3.0-or-later

/// What this build is.
enum Version {
  static let number = "0.1.0"
  /// The date manual pages carry: when what they describe last changed.
  static let date = "August 27, 2026"
}
