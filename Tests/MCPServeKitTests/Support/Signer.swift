// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import TestSupport

/// A private key that OpenSSL made and signs with: somebody else's idea of every algorithm.
struct Signer: Sendable {
  enum Kind: String, Sendable {
    case rsa = "RSA -pkeyopt rsa_keygen_bits:2048"
    case shortRSA = "RSA -pkeyopt rsa_keygen_bits:1024"
    case p256 = "EC -pkeyopt ec_paramgen_curve:P-256"
    case p384 = "EC -pkeyopt ec_paramgen_curve:P-384"
    case p521 = "EC -pkeyopt ec_paramgen_curve:P-521"
    case ed25519 = "ED25519"

    fileprivate var coordinate: Int {
      switch self {
      case .rsa, .shortRSA: 0
      case .p256, .ed25519: 32
      case .p384: 48
      case .p521: 66
      }
    }
  }

  let id: String
  /// The public key as a JSON Web Key.
  let jwk: JSONObject
  /// The public key as OpenSSL writes it.
  let publicPEM: String
  private let kind: Kind
  private let pem: String

  init(_ kind: Kind, id: String) async throws {
    self.id = id
    self.kind = kind
    pem = try await shell("openssl genpkey -algorithm \(kind.rawValue)")
    publicPEM = try await shell("openssl pkey -pubout", pem)
    let der = try base64(try await shell("openssl pkey -pubout -outform DER | openssl base64 -A", pem))
    var jwk: JSONObject = ["kid": .string(id), "use": "sig"]
    let length = kind.coordinate
    switch kind {
    case .rsa, .shortRSA:
      let modulus = try await shell("openssl rsa -noout -modulus", pem).drop { $0 != "=" }.dropFirst().prefix {
        $0 != "\n"
      }
      jwk["kty"] = "RSA"
      jwk["n"] = .string(Base64.url.text(bytes(hexadecimal: modulus)))
      jwk["e"] = "AQAB"
    case .p256, .p384, .p521:
      jwk["kty"] = "EC"
      jwk["crv"] = .string("P-\(length == 66 ? 521 : length * 8)")
      jwk["x"] = .string(Base64.url.text(Array(der.suffix(2 * length).prefix(length))))
      jwk["y"] = .string(Base64.url.text(Array(der.suffix(length))))
    case .ed25519:
      jwk["kty"] = "OKP"
      jwk["crv"] = "Ed25519"
      jwk["x"] = .string(Base64.url.text(Array(der.suffix(32))))
    }
    self.jwk = jwk
  }

  /// The public keys of some signers as a set.
  static func set(_ signers: Signer...) -> String {
    JSON.object(["keys": .array(signers.map { .object($0.jwk) })]).text
  }

  /// A token signed with this key.
  func token(_ algorithm: String, _ claims: JSONObject, header: JSONObject = [:]) async throws -> String {
    var head: JSONObject = ["alg": .string(algorithm), "kid": .string(id), "typ": "JWT"]
    for member in header.members { head[member.name] = member.value.isNull ? JSON?.none : member.value }
    let text = unsigned(head, claims)
    return "\(text).\(Base64.url.text(try await signature(of: text, algorithm)))"
  }

  private func signature(of text: String, _ algorithm: String) async throws -> [UInt8] {
    let digest = "openssl dgst -sha\(algorithm.suffix(3)) -sign"
    let pss = "-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest"
    let command =
      switch algorithm.prefix(2) {
      case "PS": "\(digest) $key \(pss) $text"
      case "Ed": "openssl pkeyutl -sign -inkey $key -rawin -in $text"
      default: "\(digest) $key $text"
      }
    let script = """
      dir=$(mktemp -d) && key=$dir/key text=$dir/text && trap 'rm -rf $dir' EXIT
      printf %s "$1" >$text && cat >$key && \(command) | openssl base64 -A
      """
    let signature = try base64(try await shell(script, pem, text))
    return algorithm.hasPrefix("ES") ? joined(signature, each: kind.coordinate) : signature
  }

  /// ECDSA's two numbers side by side, out of DER.
  private func joined(_ der: [UInt8], each length: Int) -> [UInt8] {
    var rest = der[(der[1] & 0x80 == 0 ? 2 : 3)...]
    var joined: [UInt8] = []
    for _ in 0..<2 {
      let count = Int(rest[rest.startIndex + 1])
      let number = rest.dropFirst(2).prefix(count).drop { $0 == 0 }
      joined += [UInt8](repeating: 0, count: length - number.count) + number
      rest = rest.dropFirst(2 + count)
    }
    return joined
  }
}

/// What is signed of a token.
func unsigned(_ header: JSONObject, _ claims: JSONObject) -> String {
  [header, claims].map { Base64.url.text(Array(JSON.object($0).text.utf8)) }.joined(separator: ".")
}

/// A token signed with a shared secret.
func sharedSecretToken(_ secret: String, _ header: JSONObject, _ claims: JSONObject) async throws -> String {
  let text = unsigned(header, claims)
  let hexadecimal = secret.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  let script =
    "printf %s \"$1\" | openssl dgst -sha256 -mac HMAC -macopt hexkey:\(hexadecimal) -binary | openssl base64 -A"
  return "\(text).\(Base64.url.text(try base64(try await shell(script, "", text))))"
}

/// Programs are waited for here, so that tests hold no thread of the default pool.
private let pool = HandlerPool(name: "signers")

private func shell(_ script: String, _ input: String = "", _ argument: String = "") async throws -> String {
  let ended = try await run(on: pool) { try run(["sh", "-c", script, "sh", argument], input: input) }
  guard ended.code == 0, !ended.output.isEmpty else { throw IOError(.spawn, "\(script): \(ended.error)") }
  return ended.output
}

private func base64(_ text: String) throws -> [UInt8] {
  guard let bytes = Base64.standard.bytes(text) else { throw IOError(.malformed, "'\(text)' is no Base64") }
  return bytes
}

private func bytes(hexadecimal: some StringProtocol) -> [UInt8] {
  var rest = Substring(hexadecimal)
  var bytes: [UInt8] = []
  while !rest.isEmpty {
    bytes.append(UInt8(rest.prefix(2), radix: 16) ?? 0)
    rest = rest.dropFirst(2)
  }
  return bytes
}
