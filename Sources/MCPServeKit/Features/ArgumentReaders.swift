// SPDX-License-Identifier: Apache-2.0
import JSONKit

/// Reads the arguments of a tool's parameters, in their order.
///
/// The readers are objects that know their type, so that a call looks up no generic type: doing that for each parameter
/// cost more than reading the arguments.
struct ArgumentReaders: Sendable {
  private let readers: [any AnyArgumentReader]

  init<each Value: ToolValue>(_ parameters: repeat Parameter<each Value>) {
    var readers: [any AnyArgumentReader] = []
    for parameter in repeat each parameters { readers.append(ArgumentReader(parameter)) }
    self.readers = readers
  }

  /// The value of the parameter number `next`, which grows by one. `Value` is that parameter's type.
  func value<Value: ToolValue>(
    _ type: Value.Type, number next: inout Int, in arguments: JSONObject
  ) throws(ArgumentMismatch) -> Value {
    defer { next += 1 }
    return try unsafeDowncast(readers[next] as AnyObject, to: ArgumentReader<Value>.self).value(in: arguments)
  }

  /// Names every argument at fault.
  /// - Throws: `mismatch` when there is none: then the handler itself has thrown it.
  func faults(in arguments: JSONObject, or mismatch: ArgumentMismatch) throws -> InvalidArguments {
    let faults = readers.compactMap { $0.fault(in: arguments) }
    guard !faults.isEmpty else { throw mismatch }
    return InvalidArguments(faults: faults)
  }
}

private protocol AnyArgumentReader: AnyObject, Sendable {
  func fault(in arguments: JSONObject) -> String?
}

private final class ArgumentReader<Value: ToolValue>: AnyArgumentReader {
  private let name: String
  private let defaultArgument: JSON?

  init(_ parameter: Parameter<Value>) {
    name = parameter.name
    defaultArgument = parameter.defaultArgument
  }

  func value(in arguments: JSONObject) throws(ArgumentMismatch) -> Value {
    guard let argument = arguments[name] ?? defaultArgument else { return try Value.absent() }
    return try Value(argument: argument)
  }

  /// What is wrong with the argument; nil when it can be read.
  func fault(in arguments: JSONObject) -> String? {
    do throws(ArgumentMismatch) {
      _ = try value(in: arguments)
      return nil
    } catch {
      return arguments.contains(name) ? "\(name) must be \(Value.expectation)" : "\(name) is required"
    }
  }
}
