// SPDX-License-Identifier: Apache-2.0
import EventIO
import MCPCore

extension AuthorizationRules {
  /// Who shows this certificate; nil when certificates say nothing here, or there is none.
  func principal(of certificate: ClientCertificate?) -> Principal? {
    guard acceptsCertificates, let certificate else { return nil }
    return Principal("cert:" + certificate.name, scopes: certificateScopes)
  }
}

extension ClientCertificate {
  /// What tells it from all others of the authorities that are trusted: its subject, or its digest when that is empty.
  fileprivate var name: String {
    subject.isEmpty ? "sha256:" + digest.hexadecimal : subject
  }
}
