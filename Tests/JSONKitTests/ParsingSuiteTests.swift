// SPDX-License-Identifier: Apache-2.0
import JSONKit
import Testing

/// JSONTestSuite, one file a case.
@Suite(.enabled(if: TestData.isHere, "318 cases skipped: set MCPCTL_TESTDATA to the folder of test data"))
struct ParsingSuiteTests {
  static let folder = "json/test_parsing"

  static func files(_ prefix: String) -> [String] { TestData.names(in: folder).filter { $0.hasPrefix(prefix) } }

  func accepts(_ name: String) -> Bool {
    (try? JSON(parsing: TestData.bytes("\(Self.folder)/\(name)"))) != nil
  }

  @Test func everyValidTextIsAcceptedAndWrittenBackTheSame() throws {
    let names = Self.files("y_")
    #expect(names.count == 95)
    for name in names {
      let value = try JSON(parsing: TestData.bytes("\(Self.folder)/\(name)"))
      #expect(try JSON(parsing: value.text) == value, "\(name)")
      #expect(try JSON(parsing: value.pretty) == value, "\(name)")
      #expect(!value.text.utf8.contains(0x0A), "\(name)")
    }
  }

  @Test func everyInvalidTextIsRefused() {
    let names = Self.files("n_")
    #expect(names.count == 188)
    for name in names { #expect(!accepts(name), "\(name)") }
  }

  /// What the standard leaves open: numbers of any size are kept as text, everything else is refused.
  @Test func ofTheOpenCasesOnlyHugeNumbersAreAccepted() {
    let names = Self.files("i_")
    #expect(names.count == 35)
    #expect(names.filter(accepts) == names.filter { $0.hasPrefix("i_number_") })
    #expect(names.filter(accepts).count == 10)
  }
}
