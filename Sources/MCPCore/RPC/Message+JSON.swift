// SPDX-License-Identifier: Apache-2.0
public import JSONKit

extension Message {
  /// Reads one message, in one walk over its members.
  public init(_ json: JSON) throws(InvalidMessage) {
    guard case .object(let object) = json else {
      throw InvalidMessage(error: RPCError(.invalidRequest, "a message must be one JSON object"), id: nil)
    }
    var version: JSON?
    var id: JSON?
    var method: JSON?
    var params: JSON?
    var result: JSON?
    var error: JSON?
    for member in object.members {
      // By length first: comparing strings costs more than all else here.
      switch member.name.utf8.count {
      case 2 where member.name == "id": id = member.value
      case 5 where member.name == "error": error = member.value
      case 6 where member.name == "method": method = member.value
      case 6 where member.name == "params": params = member.value
      case 6 where member.name == "result": result = member.value
      case 7 where member.name == "jsonrpc": version = member.value
      default: break
      }
    }
    let identifier = id.flatMap(RequestID.init(json:))
    func invalid(_ message: String) -> InvalidMessage {
      InvalidMessage(error: RPCError(.invalidRequest, message), id: identifier)
    }
    guard case .string("2.0")? = version else { throw invalid("jsonrpc must be \"2.0\"") }
    if id != nil, identifier == nil, method != nil { throw invalid("id must be a string or an integer") }

    guard let method else {
      guard (result == nil) != (error == nil) else {
        throw invalid("a message needs a method, a result or an error")
      }
      self = .response(Response(id: identifier, outcome: try Message.outcome(result, error, invalid)))
      return
    }
    guard case .string(let name) = method else { throw invalid("method must be a string") }
    guard result == nil, error == nil else { throw invalid("a request has neither result nor error") }
    let details: JSONObject
    switch params {
    case nil: details = JSONObject()
    case .object(let value)?: details = value
    default: throw invalid("params must be an object")
    }
    if let identifier {
      self = .request(Request(id: identifier, method: Method(rawValue: name), params: details))
    } else {
      self = .notification(Notification(Method(rawValue: name), details))
    }
  }

  private static func outcome(
    _ result: JSON?, _ error: JSON?, _ invalid: (String) -> InvalidMessage
  ) throws(InvalidMessage) -> Result<JSONObject, RPCError> {
    if let result {
      guard let object = result.object else { throw invalid("result must be an object") }
      return .success(object)
    }
    do {
      return .failure(try RPCError(json: error ?? .null))
    } catch {
      throw invalid(error.message)
    }
  }

  /// The message as JSON.
  public var json: JSON {
    switch self {
    case .request(let request):
      envelope([
        .init(name: "id", value: request.id.json), .init(name: "method", value: .string(request.method.rawValue)),
        .init(name: "params", value: .object(request.params)),
      ])
    case .notification(let notification):
      envelope([
        .init(name: "method", value: .string(notification.method.rawValue)),
        .init(name: "params", value: .object(notification.params)),
      ])
    case .response(let response): response.json
    }
  }
}

extension Response {
  /// The response as JSON. An unreadable id is written as null, as JSON-RPC 2.0 section 5 says.
  public var json: JSON {
    let answer: JSONObject.Member =
      switch outcome {
      case .success(let result): .init(name: "result", value: .object(result))
      case .failure(let error): .init(name: "error", value: error.json)
      }
    return envelope([.init(name: "id", value: id?.json ?? .null), answer])
  }

  /// The response as it is sent, written without making a value of the envelope first.
  package var bytes: [UInt8] {
    JSONOutput.bytes { output in
      output.append(#"{"jsonrpc":"2.0","id":"# as StaticString)
      switch id {
      case .number(let number)?: output.append(decimal: number)
      case .string(let text)?: output.append(.string(text))
      case nil: output.append(.null)
      }
      switch outcome {
      case .success(let result):
        output.append(#","result":"# as StaticString)
        output.append(result)
      case .failure(let error):
        output.append(#","error":"# as StaticString)
        output.append(error.json)
      }
      output.append(UInt8(ascii: "}"))
    }
  }
}

extension Response {
  /// The response as it is sent to a peer that speaks `revision`, as far as that is known.
  ///
  /// JSON-RPC 2.0 section 5 wants null for an id that could not be read. From 2025-11-25 on MCP leaves it out
  /// (schema: `JSONRPCErrorResponse`), as it always did over HTTP.
  package func bytes(for revision: Revision?) -> [UInt8] {
    guard id == nil, revision.map(\.namesNoUnreadableID) ?? true, case .failure(let error) = outcome else {
      return bytes
    }
    return JSONOutput.bytes { output in
      output.append(#"{"jsonrpc":"2.0","error":"# as StaticString)
      output.append(error.json)
      output.append(UInt8(ascii: "}"))
    }
  }
}

private func envelope(_ members: [JSONObject.Member]) -> JSON {
  var all: [JSONObject.Member] = []
  all.reserveCapacity(members.count + 1)
  all.append(.init(name: "jsonrpc", value: "2.0"))
  all.append(contentsOf: members)
  return .object(JSONObject(all))
}
