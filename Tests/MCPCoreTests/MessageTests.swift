// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore
import Testing

@Suite struct MessageTests {
  @Test(arguments: [
    #"{"jsonrpc":"2.0","id":1,"method":"ping","params":{}}"#,
    #"{"jsonrpc":"2.0","id":"1","method":"ping","params":{}}"#,
    #"{"jsonrpc":"2.0","method":"notifications/initialized","params":{}}"#,
    #"{"jsonrpc":"2.0","id":7,"result":{"a":1.0}}"#,
    #"{"jsonrpc":"2.0","id":7,"error":{"code":-32601,"message":"no","data":[1]}}"#,
  ])
  func aMessageIsWrittenAsItWasRead(_ text: String) throws {
    #expect(try Message(JSON(parsing: text)).json.text == text)
  }

  @Test func aNumberAndAStringAreDifferentIDs() {
    #expect(RequestID(json: 1) != RequestID(json: "1"))
    #expect(RequestID(json: 1.5) == nil)
    #expect(RequestID(json: .null) == nil)
  }

  @Test(
    arguments: [
      (#"[]"#, nil, "a message must be one JSON object"),
      (#"{"id":1,"method":"ping"}"#, RequestID.number(1), #"jsonrpc must be "2.0""#),
      (#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, nil, "id must be a string or an integer"),
      (#"{"jsonrpc":"2.0","id":true,"method":"ping"}"#, nil, "id must be a string or an integer"),
      (#"{"jsonrpc":"2.0","id":2,"method":7}"#, .number(2), "method must be a string"),
      (#"{"jsonrpc":"2.0","id":2,"method":"ping","params":[]}"#, .number(2), "params must be an object"),
      (#"{"jsonrpc":"2.0","id":2}"#, .number(2), "a message needs a method, a result or an error"),
      (
        #"{"jsonrpc":"2.0","id":2,"result":{},"error":{"code":1,"message":""}}"#, .number(2),
        "a message needs a method, a result or an error"
      ),
      (#"{"jsonrpc":"2.0","id":2,"result":[]}"#, .number(2), "result must be an object"),
      (#"{"jsonrpc":"2.0","id":2,"error":{"code":"x"}}"#, .number(2), "code must be an integer"),
    ] as [(String, RequestID?, String)])
  func aBadMessageIsRefusedWithItsID(_ text: String, _ id: RequestID?, _ message: String) throws {
    let json = try JSON(parsing: text)
    let error = #expect(throws: InvalidMessage.self) { try Message(json) }
    #expect(error?.error.code == .invalidRequest)
    #expect(error?.error.message == message)
    #expect(error?.id == id)
  }

  @Test func anUnreadableIDIsLeftOutOrNullByRevision() {
    let response = Response(id: nil, outcome: .failure(RPCError(.parseError, "bad")))
    let null = #"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"bad"}}"#
    #expect(response.json.text == null)
    for revision in Revision.allCases {
      let text = String(decoding: response.bytes(for: revision), as: UTF8.self)
      #expect(text == (revision >= .v20251125 ? #"{"jsonrpc":"2.0","error":{"code":-32700,"message":"bad"}}"# : null))
    }
  }
}
