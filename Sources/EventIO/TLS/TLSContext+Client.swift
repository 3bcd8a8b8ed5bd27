// SPDX-License-Identifier: Apache-2.0
import CTLS

/// The files a client's TLS is made of.
package struct TLSClientFiles: Sendable, Hashable {
  /// PEM: who may have issued servers' certificates; nil for those the system trusts.
  package var authorities: String?
  /// PEM: what is shown to servers that ask for a certificate; nil shows none.
  package var certificate: String?
  /// PEM, not encrypted: the key of that certificate.
  package var key: String?

  package init(authorities: String? = nil, certificate: String? = nil, key: String? = nil) {
    self.authorities = authorities
    self.certificate = certificate
    self.key = key
  }
}

extension TLSContext {
  /// For the side that connects.
  /// - Throws: `IOError` `.tls` naming the file that is at fault, and what to do about it.
  package convenience init(client files: TLSClientFiles) throws(IOError) {
    if let problem = ctls_load() { throw IOError(.unavailable, String(cString: problem)) }
    if (files.certificate == nil) != (files.key == nil) {
      throw IOError(
        .tls, "a certificate and its key go together: '\(files.certificate ?? files.key ?? "")' stands alone")
    }
    for file in [files.authorities, files.certificate, files.key].compactMap(\.self) { try Self.check(file) }
    var fault = CTLS_GOOD
    var reason = [CChar](repeating: 0, count: Int(CTLS_REASON))
    let made = Self.withOptionalCString(files.authorities) { authorities in
      Self.withOptionalCString(files.certificate) { certificate in
        Self.withOptionalCString(files.key) { key in
          var settings = ctls_client_settings(authorities: authorities, certificate: certificate, key: key)
          return ctls_client_context_new(&settings, &fault, &reason)
        }
      }
    }
    guard let made else {
      let named = TLSFiles(
        certificate: files.certificate ?? "", key: files.key ?? "", clientAuthorities: files.authorities)
      throw .unusable(named, fault, String(cText: reason))
    }
    self.init(owning: made)
  }
}
