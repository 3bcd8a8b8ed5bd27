// SPDX-License-Identifier: Apache-2.0
import Glibc

/// An array of C strings ending in NULL, as C takes them.
struct CStrings {
  private let strings: [String]

  init(_ strings: [String]) { self.strings = strings }

  func withPointers<Result>(_ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>?) -> Result) -> Result {
    var pointers = strings.map { strdup($0) }
    pointers.append(nil)
    defer { for pointer in pointers { free(pointer) } }
    return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
  }
}
