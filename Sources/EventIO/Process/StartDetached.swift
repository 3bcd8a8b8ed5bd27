// SPDX-License-Identifier: Apache-2.0
import CProcess

/// Starts `program` with `arguments` and leaves it alone: in a session of its own, without our streams; it may outlive us.
/// No shell reads the words.
/// - Returns: whether it was started.
package func startDetached(_ program: String, _ arguments: [String]) -> Bool {
  CStrings([program] + arguments).withPointers { words in
    guard let words else { return false }
    return cprocess_detach(program, words) == 0
  }
}
