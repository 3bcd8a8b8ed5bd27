// SPDX-License-Identifier: Apache-2.0

/// The certificate a client has shown, which one of the trusted authorities has issued.
package final class ClientCertificate: Sendable {
  /// Its subject as RFC 2253 writes it, such as `CN=ada,O=Example`.
  package let subject: String
  /// The SHA-256 of the certificate.
  package let digest: [UInt8]

  package init(subject: String, digest: [UInt8]) {
    self.subject = subject
    self.digest = digest
  }
}
