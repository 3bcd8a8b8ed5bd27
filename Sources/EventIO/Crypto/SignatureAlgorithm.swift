// SPDX-License-Identifier: Apache-2.0

/// The signatures that are verified, by their names of RFC 7518 and RFC 8037. No name stands for a shared secret or for
/// no signature at all.
package enum SignatureAlgorithm: String, Sendable, CaseIterable {
  case rs256 = "RS256"
  case rs384 = "RS384"
  case rs512 = "RS512"
  case ps256 = "PS256"
  case ps384 = "PS384"
  case ps512 = "PS512"
  case es256 = "ES256"
  case es384 = "ES384"
  case edDSA = "EdDSA"

  /// The only kind of key it may be verified with.
  package var keyKind: VerificationKey.Kind {
    switch self {
    case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: .rsa
    case .es256: .p256
    case .es384: .p384
    case .edDSA: .ed25519
    }
  }

  /// The length of its SHA-2 in bits; 0 where the signature brings its own.
  var digest: Int32 {
    switch self {
    case .rs256, .ps256, .es256: 256
    case .rs384, .ps384, .es384: 384
    case .rs512, .ps512: 512
    case .edDSA: 0
    }
  }

  var isPSS: Bool {
    switch self {
    case .ps256, .ps384, .ps512: true
    case .rs256, .rs384, .rs512, .es256, .es384, .edDSA: false
    }
  }
}
