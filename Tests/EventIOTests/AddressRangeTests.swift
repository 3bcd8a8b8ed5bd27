// SPDX-License-Identifier: Apache-2.0
import EventIO
import Testing

@Suite struct AddressRangeTests {
  @Test(arguments: [
    ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false), ("10.0.0.0/9", "10.127.0.1", true),
    ("10.0.0.0/9", "10.128.0.1", false), ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false),
    ("0.0.0.0/0", "203.0.113.1", true), ("0.0.0.0/0", "::1", false), ("2001:db8::/33", "2001:db8:7fff::1", true),
    ("2001:db8::/33", "2001:db8:8000::1", false), ("::1", "::1", true), ("::/0", "2001:db8::1", true),
  ])
  func anAddressIsInARangeOrNot(range: String, address: String, isInside: Bool) throws {
    let address = try #require(SocketAddress(host: address, port: 80))
    #expect(try #require(AddressRange(range)).contains(address) == isInside)
  }

  @Test(arguments: [
    "", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10/8", "::/129", "example.com", "a/b/c",
  ])
  func whatIsNoRangeIsNone(text: String) { #expect(AddressRange(text) == nil) }
}
