// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A folder of certificates for tests: an authority (`ca.pem`), two servers named `localhost` (`one`, `two`), one whose time
/// is over (`old`), a client that the authority knows (`ada`), one that it does not (`eve`), each with its `.pem` and `.key`,
/// and `encrypted.key`. Made by `openssl`; deleted with the last reference.
public final class Certificates: Sendable {
  /// Where they are.
  public let folder: String

  /// Makes them, which takes a moment.
  public init() throws {
    var template = Array("/tmp/mcpctl-certificates-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw SpawnFault(message: "mkdtemp: \(String(cString: strerror(errno)))") }
    folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    let made = try run(["sh", "-ec", Self.script, "sh", folder])
    guard made.code == 0 else { throw SpawnFault(message: "openssl: \(made.error)") }
  }

  deinit { _ = try? run(["rm", "-rf", folder]) }

  /// The path of one of the files.
  public func path(_ name: String) -> String { "\(folder)/\(name)" }

  /// Puts the certificate and key of `source` in the place of those of `target`, as a tool that renews them does.
  public func replace(_ target: String, with source: String) throws {
    for ending in ["pem", "key"] {
      let from = path("\(source).\(ending)")
      let copied = try run(["cp", from, path("next")])
      guard copied.code == 0, rename(path("next"), path("\(target).\(ending)")) == 0 else {
        throw SpawnFault(message: "cannot copy \(from): \(copied.error)")
      }
    }
  }

  private static let script = #"""
    cd "$1"
    ec="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
    openssl req -x509 $ec -keyout ca.key -out ca.pem -days 30 -subj "/CN=Test Authority"
    printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\n' >names
    for name in one two old ada; do
      openssl req $ec -keyout $name.key -out request -subj "/O=Tests/CN=$name"
      days=30; [ $name != old ] || days=-1
      openssl x509 -req -in request -CA ca.pem -CAkey ca.key -CAcreateserial -days $days -extfile names -out $name.pem
    done
    openssl req -x509 $ec -keyout eve.key -out eve.pem -days 30 -subj "/CN=ada"
    openssl pkey -in one.key -aes256 -passout pass:secret -out encrypted.key
    """#
}
