// SPDX-License-Identifier: GPL-3.0-or-later
import JSONKit
import MCPCore
import MCPServeKit

/// The tool `calculator`.
enum Calculator {
  static let tool = ServerTool(
    "calculator", "Adds, subtracts, multiplies or divides two numbers.",
    Parameter<ListedWord<Operations>>("operation", "What to do with them.", default: "add"),
    Parameter<JSONNumber>("a", "First number."),
    Parameter<JSONNumber>("b", "Second number.")
  ) { _, operation, a, b in
    switch result(of: operation.text, a, b) {
    case .success(let number): .structured(["result": .number(number)], text: number.text)
    case .failure(let fault): .error(fault.message)
    }
  }
  .title("Calculator")
  .annotations(Tool.Annotations(isReadOnly: true, isDestructive: false, isIdempotent: true, isOpenWorld: false))
  .output([
    "type": "object", "properties": ["result": ["type": "number", "description": "The result."]],
    "required": ["result"],
  ])
  .onLoop

  enum Operations: WordList { static let words = ["add", "subtract", "multiply", "divide"] }

  /// Why there is no result.
  struct Fault: Error {
    let message: String
  }

  /// The result, exact where whole numbers allow.
  static func result(of operation: String, _ a: JSONNumber, _ b: JSONNumber) -> Result<JSONNumber, Fault> {
    if let a = a.int, let b = b.int, let exact = exactly(operation, a, b) { return .success(JSONNumber(exact)) }
    let value: Double
    switch operation {
    case "add": value = a.double + b.double
    case "subtract": value = a.double - b.double
    case "multiply": value = a.double * b.double
    case "divide":
      guard b.double != 0 else { return .failure(Fault(message: "division by zero")) }
      value = a.double / b.double
    default:
      return .failure(
        Fault(message: "unknown operation: \(operation); use add, subtract, multiply or divide"))
    }
    guard let number = JSONNumber(value) else { return .failure(Fault(message: "the result is too large")) }
    return .success(number)
  }

  private static func exactly(_ operation: String, _ a: Int, _ b: Int) -> Int? {
    let (value, overflow) =
      switch operation {
      case "add": a.addingReportingOverflow(b)
      case "subtract": a.subtractingReportingOverflow(b)
      case "multiply": a.multipliedReportingOverflow(by: b)
      default: (0, true)
      }
    return overflow ? nil : value
  }
}
