// SPDX-License-Identifier: Apache-2.0
import CTLS
import Glibc

/// The files a server's TLS is made of, and its rules.
package struct TLSFiles: Sendable, Hashable {
  /// The oldest protocol that is spoken.
  package enum Version: Sendable { case tls12, tls13 }

  /// PEM: the server's certificate first, then those that lead to a root.
  package var certificate: String
  /// PEM, not encrypted.
  package var key: String
  /// PEM: whose clients are let in, with a certificate; nil asks them for none.
  package var clientAuthorities: String?
  package var oldest = Version.tls12

  package init(certificate: String, key: String, clientAuthorities: String? = nil, oldest: Version = .tls12) {
    self.certificate = certificate
    self.key = key
    self.clientAuthorities = clientAuthorities
    self.oldest = oldest
  }
}

/// A certificate, its key and the rules by which sessions are made.
package final class TLSContext: @unchecked Sendable {
  // `@unchecked` because OpenSSL guards what the sessions of a context share, and the pointer never changes.
  let pointer: OpaquePointer
  /// What an operator should know about the certificate, though it can be used.
  package let warnings: [String]

  /// - Throws: `IOError` `.tls` naming the file that is at fault, and what to do about it.
  package init(_ files: TLSFiles) throws(IOError) {
    if let problem = ctls_load() { throw IOError(.unavailable, String(cString: problem)) }
    for file in [files.certificate, files.key, files.clientAuthorities].compactMap(\.self) { try Self.check(file) }
    var fault = CTLS_GOOD
    var reason = [CChar](repeating: 0, count: Int(CTLS_REASON))
    let made = files.certificate.withCString { certificate in
      files.key.withCString { key in
        Self.withOptionalCString(files.clientAuthorities) { authorities in
          var settings = ctls_settings(
            certificate: certificate, key: key, client_ca: authorities, needs_tls13: files.oldest == .tls13 ? 1 : 0)
          return ctls_context_new(&settings, &fault, &reason)
        }
      }
    }
    guard let made else { throw .unusable(files, fault, String(cText: reason)) }
    pointer = made
    warnings = Self.warnings(about: made, files)
  }

  init(owning pointer: OpaquePointer) {
    self.pointer = pointer
    warnings = []
  }

  deinit { ctls_context_free(pointer) }

  static func check(_ file: String) throws(IOError) {
    let descriptor = open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw IOError(.tls, "cannot read '\(file)': \(String(cString: strerror(errno)))", errno: errno)
    }
    close(descriptor)
  }

  static func withOptionalCString<Result>(_ text: String?, _ body: (UnsafePointer<CChar>?) -> Result) -> Result {
    guard let text else { return body(nil) }
    return text.withCString { body($0) }
  }

  private static func warnings(about context: OpaquePointer, _ files: TLSFiles) -> [String] {
    var (begins, ends) = (Int64(0), Int64(0))
    guard ctls_context_validity(context, &begins, &ends) == 1 else { return [] }
    let days = ends / 86400
    if ends < 0 { return ["the certificate in '\(files.certificate)' has expired: clients will refuse it, renew it"] }
    if begins > 0 { return ["the certificate in '\(files.certificate)' is not valid yet: is the clock right?"] }
    if days < 14 { return ["the certificate in '\(files.certificate)' expires in \(days) days: renew it"] }
    return []
  }
}

extension IOError {
  static func unusable(_ files: TLSFiles, _ fault: ctls_fault, _ reason: String) -> IOError {
    let why = reason.isEmpty ? "" : " (\(reason))"
    let message =
      switch fault {
      case CTLS_BAD_CERTIFICATE:
        "'\(files.certificate)' holds no certificate in PEM that can be used\(why): the server's comes first, then its issuers'"
      case CTLS_BAD_KEY: "'\(files.key)' holds no private key in PEM that can be used\(why)"
      case CTLS_KEY_ENCRYPTED:
        "the key in '\(files.key)' is encrypted: decrypt it (openssl pkey -in FILE -out FILE) and keep it readable by the "
          + "server alone"
      case CTLS_KEY_MISMATCH:
        "the key in '\(files.key)' does not belong to the certificate in '\(files.certificate)': give the pair"
      case CTLS_BAD_CA:
        "'\(files.clientAuthorities ?? "")' holds no certificates in PEM that can be used\(why)"
      default: "TLS cannot be set up\(why)"
      }
    return IOError(.tls, message)
  }
}

extension String {
  /// The text before the first NUL.
  init(cText bytes: [CChar]) {
    self.init(decoding: bytes.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
