// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit

/// How a server over HTTP speaks TLS.
struct TLSOptions: OptionGroup {
  @Option(
    "Serve https:// with the certificate in this PEM file, followed by those of its issuers.", value: "FILE",
    completion: .file)
  var tlsCert: String?
  @Option("Private key of the certificate, in PEM and not encrypted.", value: "FILE", completion: .file)
  var tlsKey: String?
  @Option(
    "Let in only clients with a certificate that one of this file's authorities has issued.", value: "FILE",
    completion: .file)
  var tlsClientCa: String?
  @Option("Oldest version that is spoken.", value: "VERSION") var tlsMin = TLSVersion.tls12
  @Option(
    "How often the files are looked at, to be read again when they have changed; 0 never does.", value: "DURATION")
  var tlsReload = Duration.seconds(60)

  func check(given: Set<String>) throws(UsageError) {
    if tlsCert != nil, tlsKey == nil { throw UsageError("--tls-cert needs its private key: add --tls-key FILE") }
    // With a file, the certificate may be named there.
    guard tlsCert == nil, !given.contains("config"), let option = given.filter({ $0.hasPrefix("tls-") }).min() else {
      return
    }
    throw UsageError("--\(option) is for a server over TLS: add --tls-cert FILE")
  }
}

/// A version of TLS.
enum TLSVersion: String, ChoiceValue {
  case tls12 = "1.2"
  case tls13 = "1.3"
}
