// SPDX-License-Identifier: Apache-2.0
package import EventIO

extension ClientOptions {
  /// Adds who we are to the headers of a request to `url`, unless the caller says so himself.
  /// - Returns: which credential it is.
  package func authorize(_ headers: inout HTTPHeaders, to url: String) async throws(ClientError) -> Int? {
    guard let authorizer, !headers.contains("Authorization"),
      let credential = try await authorizer.credential(for: url)
    else { return nil }
    headers.set("Authorization", credential.header)
    return credential.generation
  }

  /// What to do about a refusal: whether the request is worth sending again, with another token.
  ///
  /// - Parameter refusals: how many there were before, by their status: a token that was just renewed is not renewed
  ///   again, and a user is not asked for ever.
  func overcomes(_ error: ClientError, _ refusals: inout [Int: Int]) async throws(ClientError) -> Bool {
    guard error.code == .unauthorized, let status = error.httpStatus, let authorizer else { return false }
    refusals[status, default: 0] += 1
    guard refusals[status, default: 0] <= (status == 401 ? 1 : 2) else { return false }
    return try await authorizer.resolve(error, sent: error.sentCredential)
  }
}

extension ClientError {
  /// The error of a request that was sent with a credential.
  func sent(with credential: Int?) -> ClientError {
    var error = self
    error.sentCredential = credential
    return error
  }
}

extension Connector {
  /// Connects; when the server refuses us, with another token where there is a way to one.
  func connectAuthorized() async throws(ClientError) -> Connection {
    var refusals: [Int: Int] = [:]
    while true {
      do throws(ClientError) {
        return try await connect()
      } catch {
        guard try await options.overcomes(error, &refusals) else { throw error }
      }
    }
  }
}
