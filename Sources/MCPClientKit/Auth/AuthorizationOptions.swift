// SPDX-License-Identifier: Apache-2.0
public import MCPCore
import Observability

/// How an `Authorizer` gets tokens.
public struct AuthorizationOptions: Sendable {
  /// What the user is told is asking.
  public var clientName: String
  /// The id this client got from the authorization server beforehand.
  public var clientID: String?
  /// The secret that came with it.
  public var clientSecret: String?
  /// The issuer that id belongs to; with another one nothing is sent.
  public var issuer: String?
  /// The https URL of this client's metadata document, its id where authorization servers take such.
  public var clientMetadataURL: String?
  /// What to ask for; empty asks for what the server's challenge or metadata name.
  public var scopes: [String]
  /// Whether the client asks for itself, with its secret, and not for a user (`client_credentials`).
  public var isForMachine: Bool
  /// Where on this machine the browser is sent back to, `http://127.0.0.1:8765/callback` for instance; without a port, or
  /// nil, the system chooses one.
  public var redirectURI: String?
  /// Whose rules count; nil takes the newest, and those of 2025-03-26 for a server without metadata.
  public var revision: Revision?
  /// How long to wait for the user. Default 5 min.
  public var patience: Duration
  /// Shows the user a page to agree on: prints its URL, opens a browser. Without it nobody is asked, and what takes a
  /// user fails. The URL is https, or on this machine. May return the address the browser was sent to in the end, where
  /// the user brings it because the browser runs on another machine; nil leaves that to the browser. Cancelled when the
  /// browser was faster.
  public var showPage: (@Sendable (_ url: String) async -> String?)?
  /// The seconds since 1970.
  public var now: @Sendable () -> Int

  /// Makes options; each has a default.
  public init(
    clientName: String = "MCPClientKit", clientID: String? = nil, clientSecret: String? = nil, issuer: String? = nil,
    clientMetadataURL: String? = nil, scopes: [String] = [], isForMachine: Bool = false, redirectURI: String? = nil,
    revision: Revision? = nil, patience: Duration = .seconds(300),
    showPage: (@Sendable (_ url: String) async -> String?)? = nil, now: (@Sendable () -> Int)? = nil
  ) {
    (self.clientName, self.clientID, self.clientSecret) = (clientName, clientID, clientSecret)
    (self.issuer, self.clientMetadataURL, self.scopes) = (issuer, clientMetadataURL, scopes)
    (self.isForMachine, self.redirectURI, self.revision) = (isForMachine, redirectURI, revision)
    (self.patience, self.showPage) = (patience, showPage)
    self.now = now ?? { Timestamp.now.milliseconds / 1000 }
  }
}
