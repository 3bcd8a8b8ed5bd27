// SPDX-License-Identifier: Apache-2.0
import JSONKit
import Testing

@Suite struct CodableTests {
  struct Order: Codable, Equatable {
    enum Size: String, Codable { case small, large }
    struct Item: Codable, Equatable {
      var name: String
      var count: UInt8 = 1
      var price: Double?
    }
    var id: Int
    var size: Size
    var items: [Item]
    var note: String?
    var extra: JSON
    var tags: [String: Bool]
  }

  static let text = #"""
    {"id":7,"size":"large","items":[{"name":"a","count":2,"price":1.5},{"name":"b","count":1}],"extra":{"x":1.10},"tags":{"t":true}}
    """#

  @Test func aTypeComesAndGoesUnchanged() throws {
    let order = try JSON(parsing: Self.text).decode(Order.self)
    #expect(order.items == [.init(name: "a", count: 2, price: 1.5), .init(name: "b")])
    #expect(order.size == .large)
    #expect(order.note == nil)
    #expect(order.extra["x"]?.number?.text == "1.10")
    #expect(try JSON(encoding: order).text == Self.text)
    #expect(try JSONObject(encoding: order).decode(Order.self) == order)
  }

  @Test(arguments: [
    (#"{"id":"7"}"#, "id has to be an integer"), (#"{"id":7}"#, "size is missing"),
    (#"{"id":1.5}"#, "id has to be an integer"),
    (#"{"id":7,"size":"large","items":[{"name":"a","count":300}]}"#, "items[0].count has to be from 0 to 255"),
    (#"{"id":7,"size":"large","items":[{"name":1}]}"#, "items[0].name has to be a string"),
    (#"{"id":7,"size":"large","items":{}}"#, "items has to be an array"), ("[]", "the value has to be an object"),
  ])
  func faultsNameTheMember(text: String, message: String) throws {
    let value = try JSON(parsing: text)
    #expect(throws: JSONError(message: message)) { try value.decode(Order.self) }
  }

  @Test func numbersThatFitAreTaken() throws {
    #expect(try JSON(parsing: "[1.0,1e2,-3]").decode([Int].self) == [1, 100, -3])
    #expect(try JSON(parsing: "18446744073709551615").decode(UInt64.self) == .max)
    #expect(throws: JSONError(message: "the value is out of range")) { try JSON(parsing: "1e400").decode(Double.self) }
    #expect(try JSON(encoding: [0.1 as Float, 3]).text == "[0.1,3]")
    #expect(throws: JSONError(message: "[1] is infinite or not a number")) { try JSON(encoding: [1, Double.nan]) }
  }

  @Test func anythingPassesThroughAsJSON() throws {
    #expect(try JSON(encoding: ["a": [nil, 1, "x"]] as JSON) == ["a": [nil, 1, "x"]])
    #expect(try JSON(parsing: "[null,1]").decode([Int?].self) == [nil, 1])
  }
}
