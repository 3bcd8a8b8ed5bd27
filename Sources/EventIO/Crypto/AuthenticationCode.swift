// SPDX-License-Identifier: Apache-2.0

/// Proves that who made a text has the key: HMAC with SHA-256 (RFC 2104).
/// - Throws: `IOError` `.unavailable` without libcrypto.
package func authenticationCode(of text: [UInt8], key: [UInt8]) throws(IOError) -> [UInt8] {
  let block = 64
  var key = key.count > block ? try digest(of: key) : key
  key += [UInt8](repeating: 0, count: block - key.count)
  let inner = try digest(of: key.map { $0 ^ 0x36 } + text)
  return try digest(of: key.map { $0 ^ 0x5C } + inner)
}
