// SPDX-License-Identifier: Apache-2.0
import CCrypto

/// A public key, to verify signatures with.
package final class VerificationKey: @unchecked Sendable {
  // because the key is made once and only read from then on, which libcrypto allows any number of threads.

  /// What a key is good for.
  package enum Kind: Sendable, Hashable {
    case rsa, p256, p384, ed25519
  }

  package let kind: Kind
  private let key: UnsafeMutableRawPointer

  private init(_ kind: Kind, der: [UInt8]) throws(IOError) {
    try loadCrypto()
    guard let key = ccrypto_key(der, der.count) else {
      throw IOError(.invalid, "these numbers are no public key")
    }
    self.kind = kind
    self.key = key
  }

  deinit { ccrypto_key_free(key) }

  /// A key of RSA, of 2048 to 8192 bits; the numbers begin with their most significant byte.
  /// - Throws: `IOError` `.invalid` when it is none, or too short or too long to be verified with.
  package convenience init(rsaModulus modulus: [UInt8], exponent: [UInt8]) throws(IOError) {
    let (modulus, exponent) = (modulus.drop { $0 == 0 }, exponent.drop { $0 == 0 })
    let bits = modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0)
    guard (2048...8192).contains(bits) else {
      throw IOError(.invalid, "an RSA key must have 2048 to 8192 bits, not \(bits)")
    }
    // Larger exponents are never used, and would make each verification slow.
    guard let last = exponent.last, last & 1 == 1, exponent.count <= 4, exponent.count > 1 || last > 1 else {
      throw IOError(.invalid, "the exponent of an RSA key must be odd, above 1 and below 2³²")
    }
    try self.init(
      .rsa,
      der: DER.sequence(
        DER.sequence(DER.identifier([0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01]), DER.null),
        DER.bits(DER.sequence(DER.integer(modulus), DER.integer(exponent)))))
  }

  /// A point on P-256 or P-384.
  /// - Throws: `IOError` `.invalid` when it is not on the curve.
  package convenience init(_ curve: Kind, x: [UInt8], y: [UInt8]) throws(IOError) {
    let (length, name): (Int, [UInt8])
    switch curve {
    case .p256: (length, name) = (32, [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07])
    case .p384: (length, name) = (48, [0x2B, 0x81, 0x04, 0x00, 0x22])
    case .rsa, .ed25519: throw IOError(.invalid, "a key with two coordinates is one of P-256 or P-384")
    }
    guard x.count == length, y.count == length else {
      throw IOError(.invalid, "a coordinate of this curve must have \(length) bytes")
    }
    let algorithm = DER.sequence(
      DER.identifier([0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01]), DER.identifier(name))
    try self.init(curve, der: DER.sequence(algorithm, DER.bits([0x04] + x + y)))
  }

  /// A key of Ed25519.
  package convenience init(ed25519 key: [UInt8]) throws(IOError) {
    guard key.count == 32 else { throw IOError(.invalid, "a key of Ed25519 must have 32 bytes") }
    try self.init(
      .ed25519, der: DER.sequence(DER.sequence(DER.identifier([0x2B, 0x65, 0x70])), DER.bits(key)))
  }

  /// Whether `signature`, as JOSE writes it, is one of `text`. False for an algorithm of another kind of key.
  package func verifies(_ signature: [UInt8], of text: [UInt8], by algorithm: SignatureAlgorithm) -> Bool {
    guard algorithm.keyKind == kind, let signature = libcrypto(signature) else { return false }
    return ccrypto_verify(
      key, algorithm.digest, algorithm.isPSS ? 1 : 0, signature, signature.count, text, text.count) == 1
  }

  /// JOSE writes the two numbers of ECDSA side by side (RFC 7518 section 3.4), libcrypto reads DER.
  private func libcrypto(_ signature: [UInt8]) -> [UInt8]? {
    let length: Int
    switch kind {
    case .rsa, .ed25519: return signature
    case .p256: length = 32
    case .p384: length = 48
    }
    guard signature.count == 2 * length else { return nil }
    return DER.sequence(DER.integer(signature[..<length]), DER.integer(signature[length...]))
  }
}
