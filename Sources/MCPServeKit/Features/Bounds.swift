// SPDX-License-Identifier: Apache-2.0
public import JSONKit

/// Numbers, and optional ones: what `minimum` and `maximum` of a parameter can be said of.
public protocol NumericToolValue: ToolValue {
  /// What a bound is written as.
  associatedtype Bound: ToolValue
}

/// Text, and optional text: what `minLength` and `maxLength` of a parameter can be said of.
public protocol TextToolValue: ToolValue {}

extension Int: NumericToolValue {
  /// An integer.
  public typealias Bound = Int
}
extension Double: NumericToolValue {
  /// A number.
  public typealias Bound = Double
}
extension JSONNumber: NumericToolValue {
  /// A number as it is spelled.
  public typealias Bound = JSONNumber
}
extension Optional: NumericToolValue where Wrapped: NumericToolValue {
  /// The wrapped type's.
  public typealias Bound = Wrapped.Bound
}
extension String: TextToolValue {}
extension Optional: TextToolValue where Wrapped: TextToolValue {}

extension Parameter where Value: NumericToolValue {
  /// Refuses numbers below `least`. The schema says so, too.
  public func minimum(_ least: Value.Bound) -> Parameter { bounded("minimum", least.argument) }
  /// Refuses numbers above `most`. The schema says so, too.
  public func maximum(_ most: Value.Bound) -> Parameter { bounded("maximum", most.argument) }
}

extension Parameter where Value: TextToolValue {
  /// Refuses text of fewer than `least` characters, which are counted as Unicode scalars. The schema says so, too.
  public func minLength(_ least: Int) -> Parameter { bounded("minLength", least.argument) }
  /// Refuses text of more than `most` characters, which are counted as Unicode scalars. The schema says so, too.
  public func maxLength(_ most: Int) -> Parameter { bounded("maxLength", most.argument) }
}

extension ToolBuilder {
  /// Refuses numbers below `least` for the last input.
  public func minimum(_ least: JSON) -> ToolBuilder { bounding("minimum", least) }
  /// Refuses numbers above `most` for the last input.
  public func maximum(_ most: JSON) -> ToolBuilder { bounding("maximum", most) }
  /// Refuses text of fewer than `least` characters for the last input.
  public func minLength(_ least: Int) -> ToolBuilder { bounding("minLength", least.argument) }
  /// Refuses text of more than `most` characters for the last input.
  public func maxLength(_ most: Int) -> ToolBuilder { bounding("maxLength", most.argument) }

  private func bounding(_ keyword: String, _ bound: JSON) -> ToolBuilder { changingLast { $0.schema[keyword] = bound } }
}

/// The bounds of one parameter, compiled.
struct Bounds: Sendable {
  private let schema: Schema

  /// - Throws: `FeatureError` when no schema can say what they say, or the default is outside.
  init(_ keywords: JSONObject, of name: String, default value: JSON?) throws(FeatureError) {
    schema = try Schema(["properties": [name: .object(keywords)]], of: "the bounds of '\(name)'")
    guard let value, let fault = fault(in: [name: value]) else { return }
    throw FeatureError(.malformed, "the default of '\(name)' is outside its bounds: \(fault)")
  }

  /// What is wrong with the argument the bounds are about: `days must be at least 1`.
  func fault(in arguments: JSONObject) -> String? { schema.validate(.object(arguments)).first?.message }
}
