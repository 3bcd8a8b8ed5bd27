// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import MCPServeKit

/// Who may call a server over HTTP.
struct CallerOptions: OptionGroup {
  @Option("File with the API keys that are accepted; see `mcpctl keys`.", value: "FILE", completion: .file)
  var authKeys: String?
  @Option("Authorization server whose tokens are accepted.", value: "URL") var authIssuer: String?
  @Option("Where the issuer's public keys are. Default: where its metadata says.", value: "URL|FILE", completion: .file)
  var authJwks: String?
  @Option("Who tokens have to be for. Default: the URL of this server.", value: "URL") var authAudience: String?
  @Option("Scope that every request needs.", value: "SCOPE") var authScope: [String]
  @Flag("Know a caller who sends no key or token by the certificate of --tls-client-ca: cert: and its subject.")
  var authCertificates: Bool
  @Option("How often each caller may ask, such as 100/s or 5000/h.", value: "N/UNIT") var rateLimit: RateWord?
  @Option("How often each address may ask, whoever is behind it.", value: "N/UNIT") var addressRateLimit: RateWord?

  /// The options that only make sense over HTTP.
  static let overHTTP = ["auth-keys", "auth-issuer", "auth-jwks", "auth-audience", "auth-scope", "auth-certificates"]
}

/// A rate such as `100/s`.
struct RateWord: ArgumentValue {
  let limit: RateLimit

  init(argument word: String) throws(ValueFault) {
    let units: [Substring: Duration] = ["s": .seconds(1), "m": .seconds(60), "h": .seconds(3600)]
    let parts = word.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let count = Int(parts[0]), (1...1_000_000).contains(count), let interval = units[parts[1]]
    else { throw ValueFault("'\(word)' is no rate; write 100/s, 600/m or 5000/h") }
    limit = RateLimit(count, per: interval)
  }
}
