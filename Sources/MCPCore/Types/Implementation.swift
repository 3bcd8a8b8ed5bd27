// SPDX-License-Identifier: Apache-2.0
public import JSONKit

/// A program that speaks MCP (schema: `Implementation`).
public struct Implementation: Sendable, Hashable {
  /// The program's name, for programs.
  public var name: String
  /// The program's version.
  public var version: String
  /// The program's name, for people (2025-06-18).
  public var title: String?
  /// What the program does (2025-11-25).
  public var description: String?
  /// Where to read more (2025-11-25).
  public var websiteURL: String?
  /// Everything else it says of itself: `icons` (2025-11-25), unknown members.
  public var more: JSONObject

  /// Makes a description of a program.
  public init(
    name: String, version: String, title: String? = nil, description: String? = nil, websiteURL: String? = nil,
    more: JSONObject = [:]
  ) {
    self.name = name
    self.version = version
    self.title = title
    self.description = description
    self.websiteURL = websiteURL
    self.more = more
  }

  /// Reads a description.
  public init(json: JSON) throws(InvalidShape) {
    let object = try JSONObject(shape: json, of: "implementation")
    self.init(
      name: try object.string("name"), version: try object.string("version"), title: object["title"]?.string,
      description: object["description"]?.string, websiteURL: object["websiteUrl"]?.string,
      more: object.without("name", "version", "title", "description", "websiteUrl"))
  }

  /// The description as JSON.
  public var json: JSON {
    var object: JSONObject = ["name": .string(name), "version": .string(version)]
    object.set("title", title)
    object.set("description", description)
    object.set("websiteUrl", websiteURL)
    object.members.append(contentsOf: more.members)
    return .object(object)
  }
}

extension JSONObject {
  /// The members with other names, in their order.
  package func without(_ names: String...) -> JSONObject {
    JSONObject(members.filter { !names.contains($0.name) })
  }

  /// Sets `name` to a string unless it is nil.
  package mutating func set(_ name: String, _ value: String?) {
    if let value { members.append(Member(name: name, value: .string(value))) }
  }
}
