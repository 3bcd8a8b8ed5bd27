// SPDX-License-Identifier: Apache-2.0

/// Makes one configuration of a file, the environment and the command line, and says everything that is wrong with it.
///
/// An option wins over the environment, the environment over the file, the file over the default.
package struct ConfigLoader: Sendable {
  private let surroundings: Surroundings
  private let limits: ConfigLimits

  package init(_ surroundings: Surroundings, limits: ConfigLimits = ConfigLimits()) {
    (self.surroundings, self.limits) = (surroundings, limits)
  }

  /// What came of it.
  package struct Loaded: Sendable {
    /// The values that are right, and the defaults for those that are not.
    package let config: ServerConfig
    /// By place; of very many the first.
    package let problems: [Problem]
    /// Whether none of them is an error.
    package let isUsable: Bool
  }

  /// - Parameters:
  ///   - file: the file to read; nil for none.
  ///   - flags: the words of the options that were typed, by the names of the options.
  ///   - allowsMissingVariables: whether `${NAME}` of a variable that is not set is only a warning.
  ///   - readsEnvironment: whether environment variables set keys; those a file names are read in any case.
  /// - Throws: `ReadFault` when the file cannot be read at all.
  package func load(
    file: String?, flags: [String: [String]] = [:], allowsMissingVariables: Bool = false,
    readsEnvironment: Bool = true
  ) throws(Surroundings.ReadFault) -> Loaded {
    var problems: [Problem] = []
    var ofFile = Layer()
    if let file {
      let (root, faults) = parse(try surroundings.readFile(file, limits.bytes), file)
      var reading = FileLayer(file: file, variables: Variables(environment: surroundings.environment))
      reading.allowsMissingVariables = allowsMissingVariables
      if let root { reading.read(root) }
      ofFile = reading.layer
      problems = faults + ofFile.problems
      if let root { problems += ExternalServers(file: file, surroundings).problems(in: root) }
    }
    let ofEnvironment = readsEnvironment ? Layer(environment: surroundings.environment) : Layer()
    let ofFlags = Layer(flags: flags)
    problems += ofEnvironment.problems + ofFlags.problems

    var settings: [String: ServerConfig.Setting] = [:]
    for key in ConfigKey.all {
      if let given = ofFlags.given[key.path] ?? ofEnvironment.given[key.path] ?? ofFile.given[key.path] {
        settings[key.path] = given.setting
        problems += Effects.problem(of: given, key).map { [$0] } ?? []
      } else if let value = key.standardValue {
        settings[key.path] = ServerConfig.Setting(value: value, origin: .standard, spelled: key.path)
      }
    }
    let config = ServerConfig(settings)
    problems += CrossRules(config: config, surroundings: surroundings).problems()
    return Loaded(
      config: config, problems: Array(problems.sortedByPlace.prefix(limits.problems)), isUsable: !problems.haveError)
  }

  /// The nodes of a file: JSON where its name says so, else YAML.
  package func parse(_ bytes: [UInt8], _ file: String) -> (ConfigNode?, [Problem]) {
    let isJSON = [".json", ".jsonc", ".code-workspace"].contains { file.lowercased().hasSuffix($0) }
    return isJSON
      ? JSONReader.read(bytes, file: file, limits: limits) : YAMLReader.read(bytes, file: file, limits: limits)
  }
}

/// Says of what is set which of it does nothing.
private enum Effects {
  static func problem(of given: Layer.Given, _ key: ConfigKey) -> Problem? {
    // What is switched off, or says what holds anyway, is as it should be.
    if given.value == key.standardValue, case .boolean = given.value { return nil }
    func warning(_ rule: Problem.Rule, _ message: String, _ remedy: String) -> Problem {
      Problem(.warning, rule, given.source, given.spelled, message, remedy)
    }
    switch key.status {
    case .works: return nil
    case .planned(let feature): return warning(.noEffect, "has no effect yet", "this build does not have \(feature)")
    case .mapped(let reason): return warning(.noEffect, "has no effect", reason)
    }
  }
}
