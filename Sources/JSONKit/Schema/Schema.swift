// SPDX-License-Identifier: Apache-2.0

/// A JSON Schema, compiled once to be checked against many values.
///
/// Draft 2020-12, or draft 7 where `$schema` says so. Nothing is ever fetched: a reference out of the schema is refused
/// when compiling. `format` and the content keywords are annotations and are not checked.
package struct Schema: Sendable {
  let program: SchemaProgram

  /// Compiles `schema`.
  ///
  /// - Parameter draft: The version meant where `$schema` says none.
  /// - Parameter documents: Other schemas it may refer to, by their URI.
  /// - Throws: `SchemaError` naming the place of a keyword that makes no sense, a reference that leads nowhere, or the
  ///   limit passed.
  package init(
    compiling schema: JSON, draft: SchemaDraft = .draft2020, documents: [String: JSON] = [:],
    limits: SchemaLimits = .default
  ) throws(SchemaError) {
    var compiler = SchemaCompiler(documents: documents, limits: limits)
    program = try compiler.compile(schema, draft: draft)
  }

  /// Everything wrong with `value`, at most `SchemaLimits.faults`; empty when it is valid.
  package func validate(_ value: JSON) -> [SchemaFault] {
    // Most are valid, and need nobody who takes notes.
    if accepts(value) { return [] }
    var check = SchemaCheck(program)
    check.run(value)
    return check.faults
  }

  /// Whether `value` is valid; stops at the first fault.
  package func accepts(_ value: JSON) -> Bool {
    var check = SchemaCheck(program, collectsFaults: false)
    return check.run(value)
  }
}

/// Bounds on what compiling a schema and checking one value may cost.
package struct SchemaLimits: Sendable, Hashable {
  /// The most subschemas reached from one schema. Default 10 000.
  package var subschemas: Int
  /// The deepest nesting of subschemas while checking, counting references. Default 256, a JSON text of
  /// the greatest depth with a reference at every level.
  package var depth: Int
  /// The most subschemas applied while checking one value. Default 1 000 000.
  package var steps: Int
  /// The most faults reported for one value. Default 32.
  package var faults: Int

  /// Makes limits; each has a default.
  package init(subschemas: Int = 10_000, depth: Int = 256, steps: Int = 1_000_000, faults: Int = 32) {
    self.subschemas = subschemas
    self.depth = depth
    self.steps = steps
    self.faults = faults
  }

  /// The defaults.
  package static let `default` = SchemaLimits()
}

/// Why a schema cannot be used, and where.
package struct SchemaError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The JSON Pointer of the subschema at fault, empty for the whole schema.
  package let pointer: String
  /// What is wrong, in one sentence.
  package let message: String

  /// The message with its place.
  package var description: String { "schema at #\(pointer): \(message)" }
}

/// One thing wrong with a value.
package struct SchemaFault: Sendable, Hashable, CustomStringConvertible {
  /// Where in the value: a JSON Pointer, empty for the whole value.
  package let pointer: String
  /// The argument at fault as a person would name it: `a`, `filter.names[0]`; empty for the whole value.
  package let name: String
  /// The keyword of the schema that is not obeyed.
  package let keyword: String
  /// The fault in one sentence without the value: `a must be a number`.
  package let message: String

  /// The message.
  package var description: String { message }
}
