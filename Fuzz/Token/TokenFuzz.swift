// SPDX-License-Identifier: Apache-2.0
import EventIO
import Glibc
import JSONKit
import MCPServeKit

/// The fuzzer's own entry, for which the package manager leaves no room.
@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
  _ count: UnsafeMutablePointer<CInt>,
  _ words: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ test: @convention(c) (UnsafePointer<UInt8>, Int) -> CInt
) -> CInt

@main enum TokenFuzz {
  static func main() {
    var count = CommandLine.argc
    var words = CommandLine.unsafeArgv
    exit(runFuzzer(&count, &words) { testOneInput($0, $1) })
  }
}

/// One input: the first byte says what the rest is, a token as it came, the parts of one, or a key set.
private func testOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count > 1 else { return 0 }
  let bytes = Array(UnsafeBufferPointer(start: start + 1, count: count - 1))
  switch start[0] % 3 {
  case 0: checkToken(String(decoding: bytes, as: UTF8.self))
  case 1:
    let parts = bytes.split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false).map {
      Base64.url.text(Array($0))
    }
    checkToken(parts.joined(separator: "."))
  default: checkKeys(bytes)
  }
  return 0
}

private let keys = try? JSONWebKeySet(
  Array(
    #"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},{"kty":"EC","crv":"P-256","#
      .utf8)
    + Array(
      #""x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#.utf8))

/// A token nobody signed is never taken for one that a known key signed.
private func checkToken(_ text: String) {
  guard let token = try? JSONWebToken(text) else { return }
  precondition(text.utf8.count <= JSONWebToken.limit, "no token is longer than the limit")
  guard let keys else { preconditionFailure("the keys are keys") }
  for key in keys.candidates(for: token) { precondition(!token.isSigned(by: key), "nobody has the private keys") }
  guard let claims = try? TokenClaims(token.claims) else { return }
  precondition(!claims.subject.isEmpty && claims.expiry.isFinite, "claims have the form they have to have")
}

private func checkKeys(_ bytes: [UInt8]) {
  guard let set = try? JSONWebKeySet(bytes), let token = try? JSONWebToken(unsigned) else { return }
  for key in set.candidates(for: token) {
    precondition(key.kind == .ed25519, "a key is only tried for what it can verify")
    precondition(!token.isSigned(by: key), "a signature of zeros is none")
  }
}

private let unsigned =
  Base64.url.text(Array(#"{"alg":"EdDSA"}"#.utf8)) + "." + Base64.url.text(Array("{}".utf8)) + "."
  + Base64.url.text([UInt8](repeating: 1, count: 64))
