// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit

/// A store in a folder only its owner may enter: a file of mode 0600 for each grant and each registration, replaced as a
/// whole, with a lock so that no process loses what another has renewed.
public struct FileCredentialStore: CredentialStore {
  private let folder: PrivateFolder
  /// How long to wait for somebody else's renewal, which takes one request.
  private static let patience = Duration.seconds(40)
  private static let limit = 256 << 10

  /// - Parameter folder: an absolute path. It is made, with mode 0700, when something is kept.
  public init(folder: String) { self.folder = PrivateFolder(folder) }

  /// The grant for a server.
  public func grant(for server: String) throws(ClientError) -> Grant? {
    guard folder.isThere else { return nil }  // and nothing has to be loaded to find that out
    let grant = try read(name("grant", server)).flatMap(Grant.init)
    return grant?.server == server ? grant : nil
  }

  /// Keeps a grant.
  public func keep(_ grant: Grant) throws(ClientError) { try write(grant.json, to: name("grant", grant.server)) }

  /// Forgets a grant.
  public func removeGrant(for server: String) throws(ClientError) { try remove(name("grant", server)) }

  /// All grants, by server. A file that is none is passed over.
  public func grants() throws(ClientError) -> [Grant] {
    var grants: [Grant] = []
    for name in folder.names where name.hasPrefix("grant-") && name.hasSuffix(".json") {
      if let grant = try read(name).flatMap(Grant.init) { grants.append(grant) }
    }
    return grants.sorted { $0.server < $1.server }
  }

  /// What an issuer knows the client by.
  public func registration(for issuer: String) throws(ClientError) -> ClientRegistration? {
    let json = try read(name("client", issuer))
    return json?["issuer"]?.string == issuer ? json?["client"].flatMap(ClientRegistration.init) : nil
  }

  /// Keeps a registration.
  public func keep(_ registration: ClientRegistration, for issuer: String) throws(ClientError) {
    try write(["issuer": .string(issuer), "client": registration.json], to: name("client", issuer))
  }

  /// Forgets a registration.
  public func removeRegistration(for issuer: String) throws(ClientError) { try remove(name("client", issuer)) }

  /// Runs `body` while this process has the lock file of the server's grant.
  public func alone<Value: Sendable>(
    with server: String, _ body: @Sendable () async throws(ClientError) -> Value
  ) async throws(ClientError) -> Value {
    let lockName = try name("grant", server, ending: "lock")
    let deadline = ContinuousClock.now + Self.patience
    while true {
      if let lock = try asClient({ () throws(IOError) -> FileLock? in try folder.tryLock(lockName) }) {
        defer { withExtendedLifetime(lock) {} }
        return try await body()
      }
      guard ContinuousClock.now < deadline else {
        throw ClientError(
          .timeout, "another process holds \(folder.path)/\(lockName) and does not let go: end it, or try again later")
      }
      do { try await Task.sleep(for: .milliseconds(20)) } catch {
        throw ClientError(.cancelled, "waiting for \(folder.path)/\(lockName) was given up")
      }
    }
  }

  /// A name that says nothing about whose it is.
  private func name(_ kind: String, _ key: String, ending: String = "json") throws(ClientError) -> String {
    let hash = try asClient { () throws(IOError) -> [UInt8] in try digest(of: Array(key.utf8)) }
    return "\(kind)-\(Base64.url.text(Array(hash.prefix(18)))).\(ending)"
  }

  private func read(_ name: String) throws(ClientError) -> JSON? {
    let bytes = try asClient { () throws(IOError) -> [UInt8]? in try folder.read(name, limit: Self.limit) }
    return bytes.flatMap { try? JSON(parsing: $0) }
  }

  private func write(_ json: JSON, to name: String) throws(ClientError) {
    try asClient { () throws(IOError) in try folder.replace(name, with: Array(json.text.utf8)) }
  }

  private func remove(_ name: String) throws(ClientError) {
    try asClient { () throws(IOError) in _ = try folder.remove(name) }
  }

  private func asClient<Value>(_ body: () throws(IOError) -> Value) throws(ClientError) -> Value {
    do throws(IOError) { return try body() } catch { throw ClientError(.credentialStore, error.message) }
  }
}
