// SPDX-License-Identifier: Apache-2.0
import CCrypto

/// Seals bytes so that nobody without the key reads or changes them: AES-256-GCM (NIST SP 800-38D).
///
/// Each seal draws a nonce at random, so one key is good for 2³² of them.
package struct SealedBox: Sendable {
  /// How long a key is, in bytes.
  package static let keyLength = Int(CCRYPTO_KEY)
  private static let nonceLength = Int(CCRYPTO_NONCE)
  private static let tagLength = Int(CCRYPTO_TAG)

  private let key: [UInt8]

  /// - Throws: `IOError` `.unavailable` without libcrypto, `.invalid` for a key that is not 32 bytes long.
  package init(key: [UInt8]) throws(IOError) {
    try loadCrypto()
    guard key.count == Self.keyLength else {
      throw IOError(.invalid, "a key must have \(Self.keyLength) bytes, not \(key.count)")
    }
    self.key = key
  }

  /// Seals `plain`. What it is bound to is not in the result and has to be the same when it is opened.
  package func seal(_ plain: [UInt8], boundTo bound: [UInt8]) throws(IOError) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    let nonce = (0..<Self.nonceLength).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    var sealed = [UInt8](repeating: 0, count: plain.count + Self.tagLength)
    guard ccrypto_seal(key, nonce, bound, bound.count, plain, plain.count, &sealed) == 1 else {
      throw IOError(.unavailable, "libcrypto cannot seal with AES-256-GCM")
    }
    return nonce + sealed
  }

  /// What was sealed; nil when it was changed, sealed with another key, or bound to something else.
  package func open(_ box: [UInt8], boundTo bound: [UInt8]) -> [UInt8]? {
    guard box.count >= Self.nonceLength + Self.tagLength else { return nil }
    let nonce = Array(box[..<Self.nonceLength])
    let sealed = Array(box[Self.nonceLength...])
    // One byte more than needed, so that there always is memory to point to.
    var plain = [UInt8](repeating: 0, count: sealed.count - Self.tagLength + 1)
    guard ccrypto_open(key, nonce, bound, bound.count, sealed, sealed.count, &plain) == 1 else { return nil }
    plain.removeLast()
    return plain
  }
}

/// The SHA-256 of `bytes`.
/// - Throws: `IOError` `.unavailable` without libcrypto.
package func digest(of bytes: [UInt8]) throws(IOError) -> [UInt8] {
  try loadCrypto()
  var digest = [UInt8](repeating: 0, count: Int(CCRYPTO_DIGEST))
  guard ccrypto_digest(bytes, bytes.count, &digest) == 1 else {
    throw IOError(.unavailable, "libcrypto cannot make a SHA-256")
  }
  return digest
}

func loadCrypto() throws(IOError) {
  if let problem = ccrypto_load() { throw IOError(.unavailable, String(cString: problem)) }
}

/// Whether both hold the same bytes; how long that takes does not depend on where they differ.
package func isSameSecret(_ one: [UInt8], _ other: [UInt8]) -> Bool {
  guard one.count == other.count else { return false }
  var difference: UInt8 = 0
  for index in one.indices { difference |= one[index] ^ other[index] }
  return difference == 0
}
