// SPDX-License-Identifier: Apache-2.0

/// The values one place sets: a file, the environment or the command line.
struct Layer {
  /// One value as it was given.
  struct Given {
    let value: ConfigValue
    let source: Problem.Source
    /// The path as it was written.
    let spelled: String
    /// 0 for the key's own path, more for its aliases.
    let rank: Int

    init(_ value: ConfigValue, _ source: Problem.Source, spelled: String, rank: Int = 0) {
      (self.value, self.source, self.spelled, self.rank) = (value, source, spelled, rank)
    }

    var setting: ServerConfig.Setting {
      let origin: ServerConfig.Origin =
        switch source {
        case .file(let file, let mark): .file(file, mark ?? Mark(line: 1, column: 1))
        case .environment(let name): .environment(name)
        case .words(let word): .flag(word)
        }
      return ServerConfig.Setting(value: value, origin: origin, spelled: spelled)
    }
  }

  /// By canonical path.
  private(set) var given: [String: Given] = [:]
  var problems: [Problem] = []

  /// Takes a value. Of two spellings the key's own wins, then the alias named first; a disagreement is told.
  mutating func take(_ new: Given, for key: ConfigKey) {
    guard let old = given[key.path] else {
      given[key.path] = new
      return
    }
    let (winner, loser) = new.rank < old.rank ? (new, old) : (old, new)
    given[key.path] = winner
    guard winner.value != loser.value else { return }
    problems.append(
      Problem(
        .warning, .conflict, loser.source, loser.spelled, "says something else than \(winner.place)",
        "\(winner.name) wins; remove \(loser.name)"))
  }
}

extension Layer.Given {
  fileprivate var name: String { if case .environment(let name) = source { name } else { spelled } }
  fileprivate var place: String {
    if case .file(_, let mark?) = source { "\(spelled) in line \(mark.line)" } else { name }
  }
}

extension Layer {
  /// What the environment says.
  init(environment: (String) -> String?) {
    for key in ConfigKey.all {
      for (rank, name) in key.environment.enumerated() {
        guard let text = environment(name), !text.isEmpty else { continue }
        let source = Problem.Source.environment(name)
        if case .integer = key.type, ["tcp://", "udp://"].contains(where: text.hasPrefix) {
          problems.append(
            Problem(
              .warning, .wrongType, source, key.path, "is what Kubernetes sets for a service, and is not used",
              "set enableServiceLinks: false in the pod"))
          continue
        }
        do throws(ValueFault) {
          let value = try key.type.value(of: text, isLenient: true)
          take(Given(value, source, spelled: key.path, rank: rank), for: key)
        } catch {
          problems.append(Problem(error.rule, source, key.path, error.message, error.remedy))
        }
      }
    }
  }

  /// What the options of the command line say, by their names; `set` holds texts such as `transport.port=8000`.
  init(flags: [String: [String]]) {
    for key in ConfigKey.all {
      guard let flag = key.flag, let words = flags[flag], let last = words.last else { continue }
      switch key.type {
      case .list: take(words.joined(separator: ","), for: key, as: "--\(flag)", rank: 0)
      case .files: take(Given(.list(words), .words("--\(flag)"), spelled: key.path), for: key)
      default: take(last, for: key, as: "--\(flag)", rank: 0)
      }
    }
    for word in flags["set", default: []] {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      let source = Problem.Source.words("--set")
      guard parts.count == 2, case .key(let key, _) = ConfigKey.index.place(parts[0]), key.type.isSpelledInOneWord
      else {
        problems.append(Self.problem(with: parts, source))
        continue
      }
      if case .secret = key.type {
        problems.append(
          Problem(
            .plainSecret, source, key.path, "is a secret, and every user of this machine sees the words of a command",
            "set \(key.environment.first ?? key.path) in the environment"))
        continue
      }
      take(parts[1], for: key, as: "--set \(key.path)", rank: 1)
    }
  }

  /// Why `--set` cannot take these words.
  private static func problem(with parts: [String], _ source: Problem.Source) -> Problem {
    let path = parts[0].split(separator: ".").map(String.init)
    let (message, remedy) =
      switch ConfigKey.index.place(parts[0]) {
      case _ where parts.count < 2: ("a value is missing", "write --set KEY=VALUE")
      case .key?: ("this takes more than one value", "write it into a file")
      case .section?: ("this is a section", "name a key in it, such as \(parts[0]).KEY=VALUE")
      case nil:
        (
          "there is no such key",
          ConfigKey.index.remedy(for: path.last ?? "", in: path.dropLast().joined(separator: "."))
        )
      }
    return Problem(.unknownKey, source, clipped(parts[0]), message, remedy)
  }

  private mutating func take(_ text: String, for key: ConfigKey, as word: String, rank: Int) {
    let source = Problem.Source.words(word)
    do throws(ValueFault) {
      take(Given(try key.type.value(of: text, isLenient: true), source, spelled: key.path, rank: rank), for: key)
    } catch {
      problems.append(Problem(error.rule, source, key.path, error.message, error.remedy))
    }
  }
}
