// SPDX-License-Identifier: Apache-2.0
import JSONKit
import Testing

/// The official JSON Schema test suite, its required tests and the optional ones but formats.
@Suite(.enabled(if: TestData.isHere, "2 506 cases skipped: set MCPCTL_TESTDATA to the folder of test data"))
struct SchemaSuiteTests {
  struct Count: Equatable {
    var passed = 0
    var failed: [String] = []
  }

  static let remotes: [String: JSON] = {
    var documents: [String: JSON] = [:]
    for file in TestData.files(in: "json-schema/remotes") {
      documents["http://localhost:1234/\(file)"] = try? TestData.json("json-schema/remotes/\(file)")
    }
    return documents
  }()

  static func run(_ folder: String, draft: SchemaDraft) throws -> Count {
    var count = Count()
    for file in TestData.names(in: folder).filter({ $0.hasSuffix(".json") }) {
      for group in try TestData.json("\(folder)/\(file)").array ?? [] {
        let schema = Result { try Schema(compiling: group["schema"] ?? nil, draft: draft, documents: remotes) }
        for test in group["tests"]?.array ?? [] {
          let wanted = test["valid"]?.bool
          let data = test["data"] ?? nil
          let name = [group, test].compactMap { $0["description"]?.string }.joined(separator: ": ")
          guard case .success(let schema) = schema, schema.accepts(data) == wanted,
            schema.validate(data).isEmpty == wanted
          else {
            count.failed.append("\(file): \(name)")
            continue
          }
          count.passed += 1
        }
      }
    }
    print("\(folder): \(count.passed) of \(count.passed + count.failed.count) cases")
    return count
  }

  /// Left out: `$vocabulary` of a metaschema of one's own.
  @Test func draft2020AllButCustomVocabularies() throws {
    let count = try Self.run("json-schema/draft2020-12", draft: .draft2020)
    #expect(count.passed == 1298)
    #expect(count.failed.map { $0.prefix(16) } == ["vocabulary.json:"])
  }

  @Test func draft7Whole() throws {
    let count = try Self.run("json-schema/draft7", draft: .draft7)
    #expect(count.passed == 927)
    #expect(count.failed == [])
  }

  /// Left out: historic drafts, asserted formats, and content that is checked.
  @Test(arguments: [
    ("draft2020-12", SchemaDraft.draft2020, 159, ["cross-draft.json", "format-assertion.json"]),
    ("draft7", .draft7, 114, ["content.json"]),
  ])
  func optionalTests(folder: String, draft: SchemaDraft, passed: Int, failing: [String]) throws {
    let count = try Self.run("json-schema/\(folder)/optional", draft: draft)
    #expect(count.passed == passed)
    #expect(Set(count.failed.compactMap { $0.split(separator: ":").first.map(String.init) }) == Set(failing))
  }

  /// `format` says what is meant and refuses nothing, so what passes are the cases that are valid.
  @Test(arguments: [("draft2020-12", SchemaDraft.draft2020), ("draft7", .draft7)])
  func formatsRefuseNothing(folder: String, draft: SchemaDraft) throws {
    let count = try Self.run("json-schema/\(folder)/optional/format", draft: draft)
    #expect(count.passed > 300)
    for name in TestData.names(in: "json-schema/\(folder)/optional/format") {
      for group in try TestData.json("json-schema/\(folder)/optional/format/\(name)").array ?? [] {
        let schema = try Schema(compiling: group["schema"] ?? nil, draft: draft, documents: Self.remotes)
        for test in group["tests"]?.array ?? [] where test["valid"] == true {
          #expect(schema.accepts(test["data"] ?? nil))
        }
      }
    }
  }
}
