// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit

/// Which columns of a list are shown.
struct ColumnOptions: OptionGroup {
  @Option("Show these columns alone, in this order, by their headings: NAME,TITLE.", value: "HEADINGS")
  var columns: ColumnChoice?
}

/// Headings of columns, as they were typed.
struct ColumnChoice: ArgumentValue, Equatable {
  let headings: [String]

  init(argument word: String) throws(ValueFault) {
    headings = word.split(separator: ",", omittingEmptySubsequences: false).map { String($0).trimmed }
    guard headings.allSatisfy({ !$0.isEmpty }) else {
      throw ValueFault("'\(word)' has an empty heading; write them with commas between, as in NAME,TITLE")
    }
  }

  var shown: String? { headings.joined(separator: ",") }

  /// The columns of `table` that are wanted, those that only the wide form shows as well.
  func picked(from table: Table) throws(Failure) -> Table {
    let known = table.columns.map(\.heading)
    var places: [Int] = []
    for heading in headings {
      guard let place = known.firstIndex(where: { $0.lowercased() == heading.lowercased() }) else {
        let near = nearMiss(of: heading.uppercased(), in: known).map { "did you mean \($0)? " } ?? ""
        throw Failure(
          .usage, "usage", "--columns: there is no column '\(heading)'",
          hint: "\(near)there are \(known.joined(separator: ", "))")
      }
      places.append(place)
    }
    return Table(
      columns: places.map { Table.Column(heading: known[$0]) }, rows: table.rows.map { row in places.map { row[$0] } })
  }
}

/// A command that prints a result.
protocol OutputCommand: Command {
  var output: OutputOptions { get }
  /// None to choose from, unless the command lists things.
  var columns: ColumnOptions { get }
}

extension OutputCommand {
  var columns: ColumnOptions { ColumnOptions() }

  /// The printer that the options ask for.
  var printer: Output {
    var printer = output.printer
    printer.columns = columns.columns
    return printer
  }
}
