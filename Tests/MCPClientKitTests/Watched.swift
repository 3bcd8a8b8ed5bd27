// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPClientKit
import TestSupport
import Testing

extension ClientOptions {
  /// Options under which both sides have to say what the schema of the revision allows.
  static func watched(_ choice: ProtocolChoice, _ responder: (any Responder)? = nil) -> ClientOptions {
    let watch = WireWatch()
    var options = ClientOptions(responder: responder, protocolChoice: choice)
    options.onTrace = { event in
      let (faults, text) =
        switch event {
        case .sent(let text): ((try? JSON(parsing: text)).map(watch.client) ?? ["no JSON"], text)
        case .received(let text): ((try? JSON(parsing: text)).map(watch.server) ?? ["no JSON"], text)
        default: ([], [])
        }
      for fault in faults { Issue.record("\(fault): \(String(decoding: text, as: UTF8.self))") }
    }
    return options
  }
}
