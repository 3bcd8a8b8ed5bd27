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

  /// Why no call can be checked, when a parameter has bounds that make no sense.
  var malformed: FeatureError? { readers.lazy.compactMap(\.malformed).first }

  /// Names every argument at fault.
  /// - Throws: `mismatch` when there is none: then the handler itself has thrown it.
  func faults(in arguments: JSONObject, or mismatch: ArgumentMismatch) throws -> InvalidArguments {
    let faults = readers.compactMap { $0.fault(in: arguments) }
    guard !faults.isEmpty else { throw mismatch }
    return InvalidArguments(faults: faults)
  }
}

private protocol AnyArgumentReader: AnyObject, Sendable {
  var malformed: FeatureError? { get }
  func fault(in arguments: JSONObject) -> String?
}

private final class ArgumentReader<Value: ToolValue>: AnyArgumentReader {
  private let name: String
  private let defaultArgument: JSON?
  private let bounds: Bounds?
  let malformed: FeatureError?

  init(_ parameter: Parameter<Value>) {
    name = parameter.name
    defaultArgument = parameter.defaultArgument
    let result = Result { () throws(FeatureError) -> Bounds? in
      parameter.bounds.isEmpty
        ? nil : try Bounds(parameter.bounds, of: parameter.name, default: parameter.defaultArgument)
    }
    switch result {
    case .success(let bounds): (self.bounds, malformed) = (bounds, nil)
    case .failure(let error): (bounds, malformed) = (nil, error)
    }
  }

  func value(in arguments: JSONObject) throws(ArgumentMismatch) -> Value {
    guard let argument = arguments[name] ?? defaultArgument else { return try Value.absent() }
    let value = try Value(argument: argument)
    if let bounds, bounds.fault(in: arguments) != nil { throw ArgumentMismatch() }
    return value
  }

  /// What is wrong with the argument; nil when it can be read.
  func fault(in arguments: JSONObject) -> String? {
    do throws(ArgumentMismatch) {
      _ = try value(in: arguments)
      return nil
    } catch {
      // Whether it is of its type, which is the first that has to be said.
      if let argument = arguments[name], (try? Value(argument: argument)) != nil,
        let fault = bounds?.fault(in: arguments)
      {
        return fault
      }
      return arguments.contains(name) ? "\(name) must be \(Value.expectation)" : "\(name) is required"
    }
  }
}
