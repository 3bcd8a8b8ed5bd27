// SPDX-License-Identifier: Apache-2.0

/// Why input or output failed: what was attempted on what, and what to do about it.
package struct IOError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of failure. Open: new kinds may be added.
  package struct Code: RawRepresentable, Sendable, Hashable {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }

    /// A program could not be started.
    package static let spawn = Code(rawValue: "spawn")
    /// A child process has ended.
    package static let childExited = Code(rawValue: "child_exited")
    /// A host name has no address.
    package static let resolve = Code(rawValue: "resolve")
    /// Nobody answers at an address.
    package static let connect = Code(rawValue: "connect")
    /// The TLS handshake failed, certificate included.
    package static let tls = Code(rawValue: "tls")
    /// Writing failed.
    package static let send = Code(rawValue: "send")
    /// Reading failed, or the peer broke off.
    package static let receive = Code(rawValue: "receive")
    /// A deadline passed.
    package static let timeout = Code(rawValue: "timeout")
    /// The waiting task was cancelled.
    package static let cancelled = Code(rawValue: "cancelled")
    /// Our side was closed before.
    package static let closed = Code(rawValue: "closed")
    /// A peer sent more than the limit.
    package static let tooLarge = Code(rawValue: "too_large")
    /// A peer sent what its protocol forbids.
    package static let malformed = Code(rawValue: "malformed")
    /// The request itself cannot be sent: a bad URL, file or option.
    package static let invalid = Code(rawValue: "invalid")
    /// A library or kernel facility is missing.
    package static let unavailable = Code(rawValue: "unavailable")
  }

  package let code: Code
  /// Names the thing and the remedy, in one sentence.
  package let message: String
  /// The system's error number, when it said one.
  package let errno: Int32?

  package init(_ code: Code, _ message: String, errno: Int32? = nil) {
    self.code = code
    self.message = message
    self.errno = errno
  }

  package var description: String { message }
}
