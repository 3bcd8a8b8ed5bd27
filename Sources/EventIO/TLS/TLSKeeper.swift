// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization

/// Holds the TLS of a server, so that its certificate can be renewed while it serves: connections that are open keep the one
/// they began with.
package final class TLSKeeper: Sendable {
  /// Tells a file from what takes its place.
  private struct Stamp: Equatable {
    let inode: UInt
    let size: Int
    let seconds: Int
    let nanoseconds: Int
  }

  private struct State {
    var context: TLSContext
    /// The files as they were when they were last read, whatever came of it.
    var stamps: [Stamp?]
    var made = ContinuousClock.now
  }

  package let files: TLSFiles
  private let state: Mutex<State>

  /// - Throws: `IOError` `.tls` naming the file that is at fault.
  package init(_ files: TLSFiles) throws(IOError) {
    let stamps = Self.stamps(of: files)
    let context = try TLSContext(files)
    self.files = files
    state = Mutex(State(context: context, stamps: stamps))
  }

  /// What connections that begin now are given.
  package var current: TLSContext { state.withLock { $0.context } }

  /// Reads the files again, for connections that begin from now on.
  /// - Throws: `IOError` `.tls` naming the file that is at fault; then everything stays as it was.
  package func reload() throws(IOError) {
    let stamps = Self.stamps(of: files)
    state.withLock { $0.stamps = stamps }
    let context = try TLSContext(files)
    state.withLock { ($0.context, $0.made) = (context, .now) }
  }

  /// Reads the files again when one of them is another than before, and tells whether it is; and every day, because the keys
  /// of session tickets are made with the context and must not grow old.
  package func reloadIfChanged(now: ContinuousClock.Instant = .now) throws(IOError) -> Bool {
    let stamps = Self.stamps(of: files)
    let (isChanged, isOld) = state.withLock { ($0.stamps != stamps, $0.made.duration(to: now) > .seconds(86400)) }
    if isChanged || isOld { try reload() }
    return isChanged
  }

  private static func stamps(of files: TLSFiles) -> [Stamp?] {
    [files.certificate, files.key, files.clientAuthorities].map { file in
      var status = stat()
      guard let file, stat(file, &status) == 0 else { return nil }
      return Stamp(
        inode: status.st_ino, size: status.st_size, seconds: status.st_mtim.tv_sec,
        nanoseconds: status.st_mtim.tv_nsec)
    }
  }
}
