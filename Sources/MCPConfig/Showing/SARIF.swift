// SPDX-License-Identifier: Apache-2.0
package import JSONKit

/// Problems as SARIF 2.1.0, which code scanners and editors read.
package enum SARIF {
  package static func log(of problems: [Problem], version: String) -> JSON {
    let rules = Problem.Rule.allCases.map { rule -> JSON in
      ["id": .string(rule.rawValue), "shortDescription": ["text": .string(rule.summary)]]
    }
    let driver: JSONObject = ["name": "mcpctl", "version": .string(version), "rules": .array(rules)]
    return [
      "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
      "runs": [
        [
          "tool": ["driver": .object(driver)], "columnKind": "unicodeCodePoints",
          "results": .array(problems.map(result)),
        ]
      ],
    ]
  }

  private static func result(_ problem: Problem) -> JSON {
    let text = [problem.path, problem.message, problem.remedy].filter { !$0.isEmpty }.joined(separator: ": ")
    var result: JSONObject = [
      "ruleId": .string(problem.rule.rawValue), "level": .string(problem.severity.rawValue),
      "message": ["text": .string(text)],
    ]
    if let file = problem.file {
      var location: JSONObject = ["artifactLocation": ["uri": .string(uri(file))]]
      if let mark = problem.mark {
        location["region"] = [
          "startLine": .number(JSONNumber(mark.line)), "startColumn": .number(JSONNumber(mark.column)),
        ]
      }
      result["locations"] = [["physicalLocation": .object(location)]]
    }
    return .object(result)
  }

  /// A path as a URI reference: what is no letter of one is percent-encoded.
  private static func uri(_ path: String) -> String {
    let path = path.utf8.reduce(into: "") { text, byte in
      let isPlain =
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF) || "-._~/".utf8.contains(byte)
      text +=
        isPlain ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }
    return path.hasPrefix("/") ? "file://" + path : path
  }
}
