// SPDX-License-Identifier: Apache-2.0
import EventIO
import Synchronization

/// The key of whoever looks after a server. It may change while the server runs. Only its digest is kept.
public final class AdminKey: Sendable {
  private let digest = Mutex<[UInt8]?>(nil)

  /// Takes the key, of at least 16 bytes; nil, or none at all, lets nobody in.
  /// - Throws: `AuthorizationError` when it can be guessed.
  public init(_ secret: String? = nil) throws(AuthorizationError) { try set(secret) }

  /// Takes another key in its place.
  /// - Throws: `AuthorizationError` when it can be guessed; then nothing has changed.
  public func set(_ secret: String?) throws(AuthorizationError) {
    guard let secret, !secret.isEmpty else { return digest.withLock { $0 = nil } }
    guard secret.utf8.count >= APIKey.shortest else {
      throw AuthorizationError("the admin key has less than \(APIKey.shortest) bytes, so it can be guessed")
    }
    let new = try APIKey.digest(of: secret)
    digest.withLock { $0 = new }
  }

  /// Whether there is one.
  var isSet: Bool { digest.withLock { $0 != nil } }

  /// Whether `secret` is the key; how long that takes says nothing of it.
  func isKey(_ secret: String) -> Bool {
    guard let known = digest.withLock({ $0 }), let new = try? APIKey.digest(of: secret) else { return false }
    return isSameSecret(known, new)
  }
}
