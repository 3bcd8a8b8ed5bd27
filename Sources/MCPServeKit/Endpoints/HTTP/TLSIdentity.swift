// SPDX-License-Identifier: Apache-2.0
import EventIO

/// Who a server is over TLS: its certificate and key, which can be renewed while it serves.
///
///     var options = HTTPOptions(host: "0.0.0.0", port: 8443)
///     options.tls = try TLSIdentity(certificate: "server.pem", key: "server.key")
public final class TLSIdentity: Sendable {
  /// The oldest protocol that is spoken.
  public enum Version: Sendable { case tls12, tls13 }

  let keeper: TLSKeeper
  /// How often the files are looked at, to be read again when they have changed; nil never does.
  let reloadTime: Duration?

  /// Reads the files, all of them PEM.
  /// - Parameters:
  ///   - certificate: the server's certificate, then those that lead to a root.
  ///   - key: its private key, not encrypted.
  ///   - clientAuthorities: whose clients are let in, with a certificate; nil asks them for none.
  ///   - oldest: the oldest protocol that is spoken.
  ///   - reloadTime: how often the files are looked at, to be read again when they have changed; nil never does.
  /// - Throws: an error that names the file at fault.
  public init(
    certificate: String, key: String, clientAuthorities: String? = nil, oldest: Version = .tls12,
    reloadTime: Duration? = .seconds(60)
  ) throws {
    keeper = try TLSKeeper(
      TLSFiles(
        certificate: certificate, key: key, clientAuthorities: clientAuthorities,
        oldest: oldest == .tls13 ? .tls13 : .tls12))
    self.reloadTime = reloadTime
  }

  /// What an operator should know about the certificate, such as that it expires soon.
  public var warnings: [String] { keeper.current.warnings }

  /// Reads the files again, for connections that begin from now on; those that are open go on as they are.
  /// - Throws: an error that names the file at fault; then everything stays as it was.
  public func reload() throws { try keeper.reload() }
}
