// SPDX-License-Identifier: Apache-2.0

extension ConfigKey {
  static let protection: [ConfigKey] = [
    ConfigKey(
      "auth.keys_file", .file(mustExist: true), "File with the API keys that are accepted; a reload reads it again.",
      aliases: ["auth.api_keys_file"], flag: "auth-keys", change: .live),
    ConfigKey(
      "auth.issuer", .url(["https", "http"]), "Authorization server whose tokens are accepted.",
      aliases: ["auth.jwt.issuer"], flag: "auth-issuer", change: .live),
    ConfigKey(
      "auth.jwks", .text, "URL or file of the issuer's public keys; where its metadata says when not set.",
      aliases: ["auth.jwt.jwks", "auth.jwt.jwks_url"], flag: "auth-jwks", change: .live),
    ConfigKey(
      "auth.audience", .text, "Who tokens have to be for; the URL of this server when not set.",
      aliases: ["auth.jwt.audience"], flag: "auth-audience", change: .live),
    ConfigKey(
      "auth.scopes", .list, "Scopes that every request needs.", standard: "", aliases: ["auth.jwt.scopes"],
      flag: "auth-scope", change: .live),
    ConfigKey(
      "auth.client_certificates", .boolean,
      "Whether a client's certificate says who calls, when it sends no key or token: cert: and its subject.",
      standard: "false", flag: "auth-certificates", change: .live),
    ConfigKey(
      "auth.certificate_scopes", .list, "Scopes of callers who are known by their certificates.", standard: "",
      change: .live),
    ConfigKey(
      "auth.rules", .items(rule),
      "Who may use which tools, resources and prompts; of several that fit the first decides.",
      change: .live),
    ConfigKey(
      "auth.admin_key", .secret,
      "Key for POST /reload-config, and for /admin/sessions where sessions are in memory, of at least 16 bytes; without it there are no "
        + "such paths.",
      change: .live),
    ConfigKey(
      "rate_limit.requests", .rate, "How often each caller may ask.", flag: "rate-limit", change: .live),
    ConfigKey(
      "rate_limit.burst", .integer(1...1_000_000),
      "How many requests may come at once after a pause; as many as rate_limit.requests when not set.", change: .live),
    ConfigKey(
      "rate_limit.address", .rate,
      "How often each address may ask, whoever is behind it; /health and /ready are not counted.",
      flag: "address-rate-limit", change: .live),
    ConfigKey(
      "rate_limit.tools", .items(toolRate), "How often each caller may call each of some tools.", change: .live),
  ]

  /// The keys of one rule of who may use what.
  private static let rule: [ConfigKey] = [
    ConfigKey("name", .text, "Names it is about, or URIs of resources; all when not set. * and ? stand for others."),
    ConfigKey("kind", .choice(["tools", "resources", "prompts"]), "Kind of what is named; all when not set."),
    ConfigKey("principals", .names, "Who may, such as key:ci or key:*; everybody when not set, nobody when empty."),
    ConfigKey("scopes", .names, "Scopes that are needed, all of them."),
  ]

  /// The keys of one limit on calls of tools.
  private static let toolRate: [ConfigKey] = [
    ConfigKey("name", .text, "Names of the tools it is about; all when not set. * and ? stand for others."),
    ConfigKey("requests", .rate, "How often each of them may be called."),
    ConfigKey("burst", .integer(1...1_000_000), "How many calls may come at once after a pause."),
  ]
}
