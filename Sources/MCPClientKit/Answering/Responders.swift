// SPDX-License-Identifier: Apache-2.0
public import JSONKit
import MCPCore

/// Answers as a closure says.
public struct CustomResponder: Responder {
  /// What the closure can answer.
  public let skills: Skills
  private let respond: @Sendable (ServerQuestion) async throws -> JSONObject

  /// Makes a responder.
  public init(_ skills: Skills, _ respond: @escaping @Sendable (ServerQuestion) async throws -> JSONObject) {
    self.skills = skills
    self.respond = respond
  }

  /// Answers as the closure says.
  public func answer(_ question: ServerQuestion) async throws -> JSONObject { try await respond(question) }
}

/// Declines whatever is asked of the user, and refuses the rest: for programs nobody watches, against servers that ask
/// only those who say that they can be asked.
public struct DecliningResponder: Responder {
  /// Forms and URLs: only those can be declined politely.
  public let skills: Skills = [.forms, .urls]

  /// Makes a responder.
  public init() {}

  /// Declines.
  public func answer(_ question: ServerQuestion) async throws -> JSONObject { ["action": "decline"] }
}

/// Tells servers the same roots each time.
public struct RootsResponder: Responder {
  /// Roots.
  public let skills: Skills = .roots
  private let roots: [JSON]

  /// Makes a responder for `directories`, absolute paths.
  public init(directories: [String]) {
    roots = directories.map { directory in
      let name = directory.split(separator: "/").last.map(String.init) ?? "/"
      return ["uri": .string(FileURI.make(directory)), "name": .string(name)]
    }
  }

  /// The roots.
  public func answer(_ question: ServerQuestion) async throws -> JSONObject { ["roots": .array(roots)] }
}

/// Several responders: each question goes to the first that can answer its kind.
public struct CombinedResponder: Responder {
  private let parts: [any Responder]

  /// Makes a responder of `parts`, the most wanted first.
  public init(_ parts: [any Responder]) { self.parts = parts }

  /// What any of the parts can answer.
  public var skills: Skills { parts.reduce(into: []) { $0.formUnion($1.skills) } }

  /// Asks the first part that can answer.
  public func answer(_ question: ServerQuestion) async throws -> JSONObject {
    guard let part = parts.first(where: { $0.skills.covers(question.kind) }) else {
      throw RPCError.methodNotFound(question.method)
    }
    return try await part.answer(question)
  }
}

/// `file://` URIs.
enum FileURI {
  /// The URI of an absolute path.
  static func make(_ path: String) -> String {
    var text = "file://"
    for byte in path.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"):
        text.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        text += digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
      }
    }
    return text
  }
}
