// SPDX-License-Identifier: Apache-2.0

/// Why a token is not accepted. Said to whoever sent it, so it holds nothing of the token itself.
package struct TokenFault: Error, Sendable, Hashable, CustomStringConvertible {
  package let description: String
  init(_ description: String) { self.description = description }
}
