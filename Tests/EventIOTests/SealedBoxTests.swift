// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import EventIO

struct SealedBoxTests {
  private let key = [UInt8](repeating: 7, count: 32)
  private let bound = Array("somebody".utf8)

  @Test(arguments: [0, 1, 16, 100_000])
  func whatWasSealedIsOpened(_ count: Int) throws {
    let plain = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
    let box = try SealedBox(key: key)
    let sealed = try box.seal(plain, boundTo: bound)
    #expect(sealed.count == count + 28)
    #expect(box.open(sealed, boundTo: bound) == plain)
    #expect(try box.seal(plain, boundTo: bound) != sealed)
  }

  @Test func aChangeOfAnyByteIsSeen() throws {
    let box = try SealedBox(key: key)
    let sealed = try box.seal(Array("true".utf8), boundTo: bound)
    for index in sealed.indices {
      var changed = sealed
      changed[index] ^= 1
      #expect(box.open(changed, boundTo: bound) == nil)
    }
    for count in 0..<sealed.count { #expect(box.open(Array(sealed[..<count]), boundTo: bound) == nil) }
  }

  @Test func anotherKeyOrBindingOpensNothing() throws {
    let sealed = try SealedBox(key: key).seal([1, 2, 3], boundTo: bound)
    #expect(try SealedBox(key: [UInt8](repeating: 8, count: 32)).open(sealed, boundTo: bound) == nil)
    #expect(try SealedBox(key: key).open(sealed, boundTo: []) == nil)
  }

  @Test(arguments: [0, 16, 31, 33]) func aKeyHas32Bytes(_ count: Int) {
    #expect(throws: IOError.self) { try SealedBox(key: [UInt8](repeating: 0, count: count)) }
  }

  /// NIST's test vector for the empty message, and for `abc`.
  @Test func digestsAreThoseOfTheStandard() throws {
    func hex(_ text: String) throws -> String {
      try digest(of: Array(text.utf8)).map { String(Int($0) + 256, radix: 16).suffix(2) }.joined()
    }
    #expect(try hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(try hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }
}
