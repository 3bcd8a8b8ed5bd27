// SPDX-License-Identifier: Apache-2.0
package import JSONKit

extension Problem {
  /// The problem for programs.
  package var json: JSON {
    var object: JSONObject = ["severity": .string(severity.rawValue), "rule": .string(rule.rawValue)]
    switch source {
    case .file(let file, let mark):
      object["file"] = .string(file)
      if let mark {
        object["line"] = .number(JSONNumber(mark.line))
        object["column"] = .number(JSONNumber(mark.column))
      }
    case .environment(let name): object["environment"] = .string(name)
    case .words(let word): object["option"] = .string(word)
    }
    object["path"] = .string(path)
    object["message"] = .string(message)
    object["remedy"] = .string(remedy)
    return .object(object)
  }
}
