// SPDX-License-Identifier: Apache-2.0
// Feeds bytes to the JSON parser and what builds on it, and checks what must hold whatever they are.
// Sources: Sources/JSONKit/*.swift Sources/JSONKit/*/*.swift Sources/CPCRE2/pattern.c

/// One input of the fuzzer.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  do throws(JSONError) {
    let value = try JSON(parsing: bytes)
    checkRoundTrip(of: value)
    checkNumbers(in: value)
    checkSchema(value)
  } catch {
    precondition(error.offset.map { $0 >= 0 && $0 <= count } ?? false, "the error is inside the text")
    checkTemplate(String(decoding: bytes, as: UTF8.self))
  }
  return 0
}

private func checkRoundTrip(of value: JSON) {
  var bytes: [UInt8] = []
  value.write(to: &bytes)
  precondition(!bytes.contains(0x0A), "one line")
  precondition((try? JSON(parsing: bytes)) == value, "what is written reads back the same")
  precondition((try? JSON(parsing: value.pretty)) == value, "what is written for people reads back the same")
  precondition(
    (try? value.decode(JSON.self)) == value && (try? JSON(encoding: value)) == value, "Codable loses nothing")
  precondition(value.isSameValue(as: value), "a value is the same as itself")
}

private func checkNumbers(in value: JSON) {
  guard let number = value.number else { return }
  if let int = number.int { precondition(JSON.number(JSONNumber(int)).isSameValue(as: value), "integers are exact") }
  precondition(!number.double.isNaN, "a number is one")
}

private func checkSchema(_ value: JSON) {
  let limits = SchemaLimits(subschemas: 200, depth: 64, steps: 2000)
  guard let schema = try? Schema(compiling: value, limits: limits) else { return }
  let faults = schema.validate(value)
  precondition(faults.count <= limits.faults, "faults are limited")
  precondition(faults.isEmpty == schema.accepts(value), "both ways to ask agree")
  _ = schema.applyingDefaults(to: value)
  _ = schema.kinds(at: ["a", "0"])
}

private func checkTemplate(_ text: String) {
  guard let template = try? URITemplate(text) else { return }
  let values = JSONObject(template.variables.map { JSONObject.Member(name: $0, value: "ab") })
  guard let uri = try? template.expanded(values) else { return }
  _ = template.match(uri)
  _ = template.match(text)
}
