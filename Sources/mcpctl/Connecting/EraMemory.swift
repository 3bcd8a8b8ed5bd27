// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Remembers which servers only know the handshake, so that they are not asked for more each time: some stay silent then,
/// which costs seconds.
///
/// A verdict is dated and forgotten after an hour, since a server that has learnt more would never say so. The file
/// holds no names: a target is known by a hash.
struct EraMemory {
  /// How long a verdict holds, in seconds.
  static let lifetime = 3600
  /// How many verdicts are kept, the newest.
  static let limit = 200

  private let path: String
  private let console: Console
  private let now: Int

  /// Nil where there is no place for it.
  init?(_ console: Console, now: Int = time(nil)) {
    guard let folder = UserFolder.cache.path(console.environment) else { return nil }
    path = "\(folder)/eras.json"
    self.console = console
    self.now = now
  }

  /// Whether `target` only knew the handshake lately.
  func isLegacy(_ target: String) -> Bool {
    guard let date = verdicts()[key(target)]?.int else { return false }
    return (0...Self.lifetime).contains(now - date)
  }

  /// Remembers what was found out. What cannot be written is found out again next time.
  func remember(_ target: String, isLegacy: Bool) {
    var verdicts = verdicts()
    let wasLegacy = self.isLegacy(target)
    guard isLegacy != wasLegacy else { return }
    verdicts[key(target)] = isLegacy ? .number(JSONNumber(now)) : nil
    let fresh = verdicts.members.filter { (0...Self.lifetime).contains(now - ($0.value.int ?? 0)) }
    let text = JSON.object(JSONObject(Array(fresh.suffix(Self.limit)))).text
    let folder = path.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
    mkdir(folder.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }, 0o700)
    mkdir(folder, 0o700)
    do { try console.writeFile(path, Array(text.utf8)) } catch { return }
  }

  private func verdicts() -> JSONObject {
    guard let bytes = try? console.readFile(path, 1 << 20) else { return [:] }
    return (try? JSONObject(parsing: bytes)) ?? [:]
  }

  /// FNV-1a: tells targets apart without saying what they are.
  private func key(_ target: String) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in target.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return String(hash, radix: 16)
  }
}
