// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit

/// Which sessions are meant; all conditions have to hold. `*` stands for anything.
struct SessionFilters: OptionGroup {
  @Option("Only sessions of this client, such as cursor or 'claude*'.", value: "NAME") var client: String?
  @Option("Only sessions of this user.", value: "NAME") var user: String?
  @Option("Only sessions of this node.", value: "NODE", completion: .dynamic("nodes")) var node: String?
  @Option("Only sessions of this revision of the protocol; legacy means all.", value: "ERA") var era: String?
  @Option("Only sessions unused for longer than this; '<5m' means shorter.", value: "DURATION") var idle: String?
  @Option(
    "Only sessions for which this holds: conditions on id, client, version, user, node, era, state, transport, service, idle, "
      + "age, ttl and subs, such as 'idle>1h,node=n1'.", value: "CONDITIONS") var selector: [Selector]

  /// All of them in one.
  func all() throws(UsageError) -> Selector {
    var terms = selector.flatMap(\.terms)
    if let client { terms.append(.init(.text(.client, isEqual: true, client))) }
    if let user { terms.append(.init(.text(.user, isEqual: true, user))) }
    if let node { terms.append(.init(.text(.node, isEqual: true, node))) }
    if let era { terms.append(.init(.text(.era, isEqual: true, era))) }
    if let idle {
      do throws(ValueFault) {
        terms.append(try Selector.Term("idle" + (idle.first.map("<>".contains) == true ? idle : ">\(idle)")))
      } catch {
        throw UsageError("--idle: \(error.message)")
      }
    }
    return Selector(terms)
  }
}

/// What of a session is shown.
struct IdentityOptions: OptionGroup {
  @Flag("Show who the users are; else only the beginning of a name is shown.") var showIdentity: Bool
}
