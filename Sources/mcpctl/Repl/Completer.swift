// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPClientKit

/// What could stand at the cursor, by what stands before it and what the server is known to offer.
struct Completer {
  typealias Candidate = Completions.Candidate

  /// What only the server can complete.
  struct Question: Equatable, Sendable {
    let reference: Client.CompletionReference
    let argument: String
    let prefix: String
    /// What stands in front of each value the server suggests, and behind it.
    let lead: String
    var tail = ""
    /// The arguments chosen before.
    var chosen: [String: String] = [:]
  }

  let surface: Surface
  let variables: [String]
  /// Names of files that begin so.
  let files: (String) -> [String]
  /// Names of servers.
  var servers: () -> [String] = { [] }
  /// The names of those that are open.
  var open: [String] = []
  /// The directories that are offered as roots.
  var roots: [String] = []

  /// The candidates known here, and what the server is to be asked besides.
  func candidates(_ line: TypedLine) -> ([Candidate], Question?) {
    var words = line.words[...]
    if words.count >= 2, words[words.startIndex + 1] == "=", Variables.isName(words[words.startIndex]) {
      words = words.dropFirst(2)
    }
    if words.first?.hasPrefix("@") == true { words = words.dropFirst() }
    if words.first == "mcpctl", surface.element(.tools, "mcpctl") == nil { words = words.dropFirst() }
    let begun = line.begun
    if let dollar = begun.lastIndex(of: "$"), begun[dollar...].dropFirst().allSatisfy(Variables.isPart),
      line.quote != "'"
    {
      let lead = String(begun[...dollar])
      return (variables.map { Candidate(text: lead + $0, endsWord: false, isVariable: true) }.fitting(begun), nil)
    }
    guard let first = words.first else {
      let servers = begun.hasPrefix("@") ? open.map { Candidate(text: "@\($0)") } : []
      return ((servers + commands).fitting(begun), nil)
    }
    if begun.hasPrefix("-"), let options = commandOptions(behind: Array(words)) { return (options.fitting(begun), nil) }
    let rest = Array(words.dropFirst())
    if first.hasPrefix("\\") { return (backslash(first, rest, begun).fitting(begun), nil) }
    switch (first, rest.first) {
    case ("call", nil), ("tools/call", nil), ("tools", nil), ("tool", nil), ("tools", "get"), ("tools", "call"):
      return (tools.fitting(begun), nil)
    case ("help", nil):
      let topics = HelpTopic.all.map { Candidate(text: $0.name, meaning: $0.summary) }
      return ((commands + topics).fitting(begun), nil)
    case ("prompt", nil), ("prompts/get", nil): return (prompts.fitting(begun), nil)
    case ("prompts", "get") where rest.count == 1: return (prompts.fitting(begun), nil)
    case ("read", nil), ("resources/read", nil): return resources(begun)
    case ("resources", "read") where rest.count == 1: return resources(begun)
    case ("resources", nil), ("prompts", nil):
      let names = first == "resources" ? ["ls", "templates", "read"] : ["ls", "get"]
      return (names.map { Candidate(text: $0) }.fitting(begun), nil)
    case ("call", let tool?), ("tools/call", let tool?): return toolArguments(tool, Array(rest.dropFirst()), begun)
    case ("prompt", let prompt?), ("prompts/get", let prompt?):
      return promptArguments(prompt, Array(rest.dropFirst()), begun)
    default: break
    }
    if first == "prompts", rest.count > 1 { return promptArguments(rest[1], Array(rest.dropFirst(2)), begun) }
    if first == "tools", rest.count > 1 { return toolArguments(rest[1], Array(rest.dropFirst(2)), begun) }
    return toolArguments(first, rest, begun)
  }

  // MARK: Names

  private var tools: [Candidate] { named(.tools) }
  private var prompts: [Candidate] { named(.prompts) }

  private func named(_ listing: Client.Listing) -> [Candidate] {
    // A server may call something what would be a command of ours.
    surface.elements(listing).filter { !["\\", "-"].contains($0.word(listing.key).prefix(1)) }.map {
      Candidate(text: $0.word(listing.key), meaning: $0.sentence)
    }
  }

  private var commands: [Candidate] {
    let words = [
      ("tools", "list tools"), ("resources", "list resources"), ("prompts", "list prompts"),
      ("templates", "list templates"),
      ("call", "call a tool"), ("read", "print a resource"), ("prompt", "render a prompt"),
      ("ping", "ask whether the server answers"),
      ("info", "what was negotiated"), ("doctor", "which step to the server fails"),
      ("tasks", "list tasks, wait for one, answer or end it"),
      ("complete", "values an argument may have"), ("rpc", "send any request"), ("help", "what can be typed"),
      ("exit", "leave"),
      ("tools/list", ""), ("tools/call", ""), ("resources/list", ""), ("resources/templates/list", ""),
      ("resources/read", ""),
      ("prompts/list", ""), ("prompts/get", ""), ("completion/complete", ""), ("logging/setLevel", ""),
    ]
    let own = words.map { Candidate(text: $0.0, meaning: $0.1) }
    let backslashes = Backslash.all.flatMap { command in
      command.names.map { Candidate(text: "\\\($0)", meaning: command.help, endsWord: true) }
    }
    return own + tools + backslashes
  }

  private func backslash(_ name: String, _ rest: [String], _ begun: String) -> [Candidate] {
    switch name {
    case "\\d", "\\d+": Surface.listings.flatMap(named)
    case "\\dt", "\\e": tools
    case "\\dp": prompts
    case "\\dr", "\\sub", "\\unsub": named(.resources)
    case "\\dT": named(.resourceTemplates)
    case "\\o": OutputFormat.allCases.map { Candidate(text: $0.rawValue) } + fileNames(begun, lead: "")
    case "\\i", "\\s", "\\history", "\\rec": fileNames(begun, lead: "")
    case "\\unset", "\\set": variables.map { Candidate(text: $0) }
    case "\\roots":
      switch rest.first {
      case nil: ["add", "rm"].map { Candidate(text: $0) }
      case "add": fileNames(begun, lead: "").filter { !$0.endsWord }
      case "rm": roots.map { Candidate(text: $0) }
      default: []
      }
    case "\\diff": open.map { Candidate(text: $0) }
    case "\\pset":
      rest.isEmpty
        ? [Candidate(text: "pager")] : Repl.Paging.allCases.map { Candidate(text: $0.rawValue) }
    case "\\x", "\\timing", "\\trace": ["on", "off"].map { Candidate(text: $0) }
    case "\\log":
      ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency", "off"].map {
        Candidate(text: $0)
      }
    case "\\c":
      servers().map { Candidate(text: $0) }
        + fileNames(begun, lead: "").filter { $0.text.hasSuffix(".json") || !$0.endsWord }
    default: []
    }
  }

  private func fileNames(_ begun: String, lead: String) -> [Candidate] {
    // Within an argument `~` is a letter like any other.
    guard lead.isEmpty || !begun.hasPrefix("~") else { return [] }
    return files(begun).map { Candidate(text: lead + $0, endsWord: !$0.hasSuffix("/")) }
  }

  // MARK: URIs

  /// Resources, and templates up to their first variable; behind that the server is asked.
  private func resources(_ begun: String) -> ([Candidate], Question?) {
    var found = named(.resources)
    var question: Question?
    for template in surface.elements(.resourceTemplates) {
      let text = template.word("uriTemplate")
      guard let open = text.firstIndex(of: "{") else { continue }
      let lead = String(text[..<open])
      if begun.hasPrefix(lead), question == nil, let close = text[open...].firstIndex(of: "}") {
        let name = text[text.index(after: open)..<close].filter { $0.isLetter || $0.isNumber || "_-.".contains($0) }
        let behind = text[text.index(after: close)...]
        question = Question(
          reference: .resource(text), argument: String(name), prefix: String(begun.dropFirst(lead.count)), lead: lead,
          tail: behind.contains("{") ? "" : String(behind))
      } else {
        found.append(Candidate(text: lead, meaning: "\(text) \(template.sentence)", endsWord: false))
      }
    }
    return (found.fitting(begun), question)
  }

  // MARK: Arguments

  private func toolArguments(_ tool: String, _ given: [String], _ begun: String) -> ([Candidate], Question?) {
    guard let found = surface.element(.tools, tool) else { return ([], nil) }
    return (arguments(InputSchema(found["inputSchema"]?.object ?? [:]), given, begun), nil)
  }

  private func promptArguments(_ prompt: String, _ given: [String], _ begun: String) -> ([Candidate], Question?) {
    guard let found = surface.element(.prompts, prompt) else { return ([], nil) }
    let schema = InputSchema(PromptArguments(.object(found)).schema)
    guard let equals = begun.firstIndex(of: "="), let text = ArgumentWord.begun(begun[begun.index(after: equals)...])
    else {
      return (arguments(schema, given, begun), nil)
    }
    var chosen: [String: String] = [:]
    for word in given {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 { chosen[String(parts[0])] = String(parts[1]) }
    }
    let name = String(begun[..<equals])
    let question = Question(
      reference: .prompt(prompt), argument: name, prefix: text, lead: "\(name)=",
      chosen: chosen)
    return ([], schema.properties.contains { $0.name == name } ? question : nil)
  }

  private func arguments(_ schema: InputSchema, _ given: [String], _ begun: String) -> [Candidate] {
    if begun.hasPrefix("-") { return options.fitting(begun) }
    if let equals = begun.firstIndex(of: "=") {
      let lead = String(begun[...equals])
      let rest = begun[begun.index(after: equals)...]
      if ArgumentWord.begun(rest) == nil { return fileNames(String(rest.dropFirst()), lead: lead + "@").fitting(begun) }
      let path = String(begun[..<equals]).filter { $0 != ":" }
      guard let property = Self.property(path, in: schema) else { return [] }
      return Self.values(of: property).map {
        Candidate(text: lead + ArgumentWord.written($0.text), meaning: $0.meaning)
      }
      .fitting(begun)
    }
    let taken = Set(given.compactMap { try? ArgumentWord($0).steps.first })
    let nameable = schema.properties.filter { ArgumentWord.canName($0.name) }
    let free = nameable.filter { !taken.contains(.name($0.name)) || $0.schema.allowsArray }
    let needed = schema.required
    let ordered = free.filter { needed.contains($0.name) } + free.filter { !needed.contains($0.name) }
    return ordered.map { name, property in
      let mark = needed.contains(name) ? "* " : ""
      return Candidate(
        text: "\(name)=", meaning: "\(mark)\(property.kind) \(property.description ?? "")", endsWord: false)
    }.fitting(begun)
  }

  private var options: [Candidate] {
    let names = [
      "--args", "--dry-run", "--help", "--no-schema", "--no-validate", "--out", "--output", "--path", "--task", "--yes",
    ]
    return names.map { Candidate(text: $0) }
  }

  private static func property(_ path: String, in schema: InputSchema) -> InputSchema? {
    guard let steps = try? ArgumentWord("\(path)=").steps else { return nil }
    return steps.reduce(schema as InputSchema?) { schema, step in
      switch step {
      case .name(let name): schema?.member(name) ?? Int(name).flatMap { schema?.element($0) }
      case .append: schema?.element(0)
      }
    }
  }

  /// What the schema says may stand there.
  private static func values(of schema: InputSchema) -> [(text: String, meaning: String)] {
    var found: [(text: String, meaning: String)] = (schema.values ?? []).map { ($0.string ?? $0.text, "") }
    if schema.types.contains("boolean") { found += [("true", ""), ("false", "")] }
    for alternative in schema.alternatives { found += values(of: alternative) }
    if found.isEmpty, schema.allowsArray, let element = schema.element(0) { found += values(of: element) }
    for example in schema.here["examples"]?.array ?? [] { found.append((example.string ?? example.text, "example")) }
    if let fallback = schema.here["default"] { found.append((fallback.string ?? fallback.text, "default")) }
    var seen: Set<String> = []
    return found.filter { seen.insert($0.text).inserted && $0.text.utf8.count <= 200 }
  }
}

extension [Completions.Candidate] {
  /// Those that begin so.
  fileprivate func fitting(_ begun: String) -> Self { filter { $0.text.hasPrefix(begun) && !$0.text.isEmpty } }
}
