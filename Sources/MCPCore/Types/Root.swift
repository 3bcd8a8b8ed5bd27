// SPDX-License-Identifier: Apache-2.0
public import JSONKit

/// A place a client works in (schema: `Root`): a hint, not a permission.
public struct Root: Sendable, Hashable {
  /// Where it is: a `file://` URI.
  public var uri: String
  /// Its name for people.
  public var name: String?
  /// The root's `_meta`.
  public var meta: JSONObject?

  /// Makes a root.
  public init(uri: String, name: String? = nil, meta: JSONObject? = nil) {
    self.uri = uri
    self.name = name
    self.meta = meta
  }

  /// Reads a root.
  public init(json: JSON) throws(InvalidShape) {
    let object = try JSONObject(shape: json, of: "root")
    self.init(uri: try object.string("uri"), name: object["name"]?.string, meta: object["_meta"]?.object)
  }

  /// The root as JSON.
  public var json: JSON {
    var object: JSONObject = ["uri": .string(uri)]
    object.set("name", name)
    object["_meta"] = meta.map(JSON.object)
    return .object(object)
  }

  /// Reads the result of `roots/list`.
  public static func list(from result: JSONObject) throws(InvalidShape) -> [Root] {
    guard result["roots"]?.array != nil else { throw InvalidShape("roots must be an array") }
    var roots: [Root] = []
    for root in try result.elements("roots") { roots.append(try Root(json: root)) }
    return roots
  }
}
