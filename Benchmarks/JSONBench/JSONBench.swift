// SPDX-License-Identifier: Apache-2.0
import JSONKit

/// Times what the JSON layer does for one `tools/call`: `JSONBench [parse|write|lookup|number|validate|defaults|all] [iterations]`.
///
/// Under callgrind, the difference between two iteration counts gives the instructions of one operation.
@main struct JSONBench {
  static let request = """
    {"jsonrpc":"2.0","id":42,"method":"tools/call","params":{"name":"calculator","arguments":{"operation":"add",\
    "a":1.5,"b":2},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",\
    "io.modelcontextprotocol/clientInfo":{"name":"bench","version":"1.0"},\
    "io.modelcontextprotocol/clientCapabilities":{}}}}
    """

  static let schema = """
    {"type":"object","properties":{"operation":{"type":"string","enum":["add","subtract","multiply","divide"],\
    "default":"add"},"a":{"type":"number"},"b":{"type":"number"}},"required":["a","b"],"additionalProperties":false}
    """

  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    let wanted = arguments.first ?? "all"
    let iterations = arguments.dropFirst().first.flatMap { Int($0) } ?? 1_000_000
    let bytes = [UInt8](request.utf8)
    let value = try JSON(parsing: bytes)
    if wanted == "parse" || wanted == "all" {
      measure("parse \(bytes.count) bytes", iterations) { (try? JSON(parsing: bytes.span)) != nil ? 1 : 0 }
    }
    if wanted == "write" || wanted == "all" {
      var output: [UInt8] = []
      measure("write \(bytes.count) bytes", iterations) {
        output.removeAll(keepingCapacity: true)
        value.write(to: &output)
        return output.count
      }
    }
    if wanted == "lookup" || wanted == "all" {
      measure("look up params.arguments.operation", iterations) {
        value["params"]?["arguments"]?["operation"]?.string?.utf8.count ?? 0
      }
    }
    if wanted == "number" || wanted == "all" {
      let numbers = [JSONNumber(2), JSONNumber(1.5), JSONNumber(-123456.789)].compactMap { $0 }
      var index = 0
      measure("take a number as a double", iterations) {
        index = (index + 1) % numbers.count
        return numbers[index].double > 1 ? 1 : 0
      }
      measure("spell a double", iterations) { JSONNumber(1.1 + Double(index))?.text.utf8.count ?? 0 }
    }
    if wanted == "validate" || wanted == "all" {
      let schema = try Schema(compiling: JSON(parsing: schema))
      let arguments = value["params"]?["arguments"] ?? nil
      measure("validate the arguments", iterations) { schema.validate(arguments).count }
    }
    if wanted == "defaults" || wanted == "all" {
      let schema = try Schema(compiling: JSON(parsing: schema))
      let arguments = value["params"]?["arguments"] ?? nil
      measure("fill in no default", iterations) { schema.applyingDefaults(to: arguments).object?.count ?? 0 }
      let lacking = ["a": 1, "b": 2] as JSON
      measure("fill in a default", iterations) { schema.applyingDefaults(to: lacking).object?.count ?? 0 }
    }
  }

  /// Runs `work` in five rounds and prints the best time of one run.
  static func measure(_ name: String, _ iterations: Int, _ work: () -> Int) {
    var best = Duration.seconds(3600)
    var sum = 0
    for _ in 0..<5 {
      let time = ContinuousClock().measure { for _ in 0..<iterations { sum &+= work() } }
      best = min(best, time)
    }
    let nanoseconds = Double(best.components.attoseconds) / 1e9 + Double(best.components.seconds) * 1e9
    print("\(name): \((nanoseconds / Double(iterations) * 10).rounded() / 10) ns (\(sum))")
  }
}
