// SPDX-License-Identifier: Apache-2.0

/// An id as a key of a table: hashed by its first and its last eight bytes alone, which in ids that nobody can guess are as
/// different as all of them. What tables hold are ids this side made; whoever asks for others only ever looks them up.
struct SessionKey: Hashable {
  let id: String

  init(_ id: String) { self.id = id }

  func hash(into hasher: inout Hasher) {
    let ends = id.utf8.withContiguousStorageIfAvailable { bytes -> UInt64? in
      guard bytes.count >= 16, let start = UnsafeRawPointer(bytes.baseAddress) else { return nil }
      let last = start.loadUnaligned(fromByteOffset: bytes.count - 8, as: UInt64.self)
      return start.loadUnaligned(as: UInt64.self) ^ (last << 32 | last >> 32)
    }
    if case let ends?? = ends { hasher.combine(ends) } else { hasher.combine(id) }
  }
}
