// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import EventIO
import MCPClientKit
import MCPCore

extension Connection {
  /// What sends a stored token along; nil where the caller sends his own, and where there can be none.
  ///
  /// At a terminal the user is asked when the server wants more scopes than the token has.
  func authorizer() -> Authorizer? {
    guard case .url(let url, _, let more) = resolved.target, !options.askpass,
      !(headers + more).contains(where: { $0.name.lowercased() == "authorization" }),
      let store = HidingStore(console, talk)
    else { return nil }
    // 2024-11-05 knows no authorization; a token that is there is sent all the same.
    let revision = options.protocol.authorization.flatMap { $0.hasAuthorization ? $0 : nil }
    var authorization = AuthorizationOptions(clientName: "mcpctl", revision: revision)
    if canAsk {
      authorization.showPage = { [console, talk, serverName] page in
        talk.endProgress()
        console.error.print("\(safeText(HTTPURL.shown(serverName))) wants more scopes than your token has")
        return await Browser(console: console).show(page, opens: true)
      }
    }
    return try? Authorizer(for: url, store: store, options: authorization, onTrace: talk.tracing)
  }

  /// What to try after a server refused: where the scopes did not suffice, a login with more of them.
  func hint(afterRefusal error: ClientError, _ authorizer: Authorizer?) -> String? {
    guard error.code == .unauthorized, let authorizer, error.httpStatus != nil else { return nil }
    let login = "mcpctl auth login \(Self.word(HTTPURL.shown(authorizer.server)))"
    guard error.httpStatus == 403 else {
      // A server that takes tokens says where they are issued; one without that takes keys, most likely.
      let issuesTokens = error.challenges.contains { $0.parameters["resource_metadata"] != nil }
      return issuesTokens
        ? "`\(login)` gets a token; --bearer-env NAME sends your own"
        : "--bearer-env NAME or -H 'X-API-Key: env:NAME' sends a key you were given; it does not say who issues tokens"
    }
    guard error.challenges.contains(where: { $0.error == "insufficient_scope" }) else { return nil }
    let scopes = authorizer.scopes(toGetPast: error).map { " --scope \(Self.word($0))" }.joined()
    return "`\(safeText(login + scopes))` gets a token with more scopes"
  }

  /// A word of a command to copy: a server may have chosen it.
  private static func word(_ text: String) -> String {
    let plain = "-_.:/@%+=,[]"
    return text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) || plain.contains($0) }
      ? text : shellQuoted(text)
  }
}

extension ProtocolChoice {
  /// Whose rules of authorization count.
  var authorization: Revision? { Revision(rawValue: rawValue) }
}

extension Talk {
  /// Hears what travels, with -v.
  var tracing: (@Sendable (TraceEvent) -> Void)? {
    guard verbosity > 0 || listener != nil else { return nil }
    return { self.trace($0) }
  }
}
