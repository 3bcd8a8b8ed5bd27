// SPDX-License-Identifier: Apache-2.0

extension Elicitation.Form {
  /// Refuses a form no client is to be shown: one with a name twice, or one that asks for a secret, which would pass
  /// through the client and its model.
  ///
  /// Spec: 2025-11-25, client/elicitation, "Security Considerations".
  /// - Throws: `InvalidShape` naming the field and the remedy.
  public func check() throws(InvalidShape) {
    for field in fields where field.looksSecret {
      throw InvalidShape("the field \(field.name) looks like a secret: ask for it at a URL (Elicitation.Page)")
    }
    guard Set(fields.map(\.name)).count == fields.count else { throw InvalidShape("two fields have the same name") }
  }
}

extension Elicitation.Field {
  /// Whether its name speaks of a secret, which no server may ask for in a form.
  public var looksSecret: Bool { MCPCore.looksSecret(name) || title.map(MCPCore.looksSecret) == true }
}

/// Whether something of that name is likely a secret.
private func looksSecret(_ name: String) -> Bool {
  let words = words(of: name)
  let joined = words.joined()
  if parts.contains(where: joined.contains) || words.contains(where: whole.contains) { return true }
  // A token is a secret, how many tokens is not.
  return zip(words, words.dropFirst() + [""]).contains { $0 == "token" && !counts.contains($1) }
}

private let parts = [
  "password", "passwd", "passphrase", "passcode", "secret", "apikey", "accesskey", "privatekey", "signingkey",
  "encryptionkey", "credential", "creditcard", "cardnumber", "bearertoken", "accesstoken", "authtoken", "securitycode",
]
private let whole: Set = ["pin", "pwd", "otp", "totp", "ssn", "cvv", "cvc", "cvv2", "mnemonic"]
private let counts: Set = ["count", "limit", "budget", "usage"]

/// The words of a name in lower case: `apiKey`, `api_key` and `API key` have the same.
private func words(of name: String) -> [String] {
  var words: [String] = []
  var word = ""
  var wasLower = false
  for character in name {
    let isPart = character.isLetter || character.isNumber
    if !isPart || (character.isUppercase && wasLower) {
      if !word.isEmpty { words.append(word) }
      word = ""
    }
    if isPart { word += character.lowercased() }
    wasLower = character.isLowercase || character.isNumber
  }
  return word.isEmpty ? words : words + [word]
}
