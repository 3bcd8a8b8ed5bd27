// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import TestSupport
import Testing

/// The generated files judged by the programs that read them.
@Suite struct ShellTests {
  let model = CommandModel(SampleRoot.self)

  @Test(.enabled(if: isInstalled("mandoc")), arguments: [[], ["call"], ["tools"], ["tools", "ls"]] as [[String]])
  func manualPagesPassTheLinter(path: [String]) throws {
    let page = ManualPage(try #require(model.command(at: path)), date: "July 28, 2026")
    let lint = try run(["mandoc", "-Tlint", "-W", "warning"], input: page.text)
    #expect(lint.code == 0, "\(lint.output)")
  }

  @Test(.enabled(if: isInstalled("mandoc"))) func aManualPageReadsAsWritten() throws {
    let page = ManualPage(try #require(model.command(at: ["call"])), date: "July 28, 2026")
    let text = try run(["mandoc", "-Tascii"], input: page.text).output.replacing(/.\u{8}/, with: "")
    #expect(text.contains("sample call [options] tool [name=value ...] [-- command ...]"))
    #expect(text.contains("-H, --header 'K: V'"))
    #expect(text.contains("sample call add a=1"))
  }

  @Test(arguments: Shell.allCases) func completionScriptsAreGoodSyntax(shell: Shell) throws {
    guard isInstalled(shell.rawValue) else { return }
    let check = try run([shell.rawValue, "-n", "/dev/stdin"], input: completionScript(of: model, for: shell))
    #expect(check.code == 0, "\(check.error)")
    #expect(check.error == "")
  }

  @Test(arguments: [
    (["sample", ""], "call ls tools version"),
    (["sample", "to"], "tools"),
    (["sample", "-s", "prod", "tools", ""], "ls"),
    (["sample", "tool", ""], "ls"),
    (["sample", "call", "--ti"], "--timeout"),
    (["sample", "call", "-o", "j"], "json"),
    (["sample", "call", "--output", ""], "text json yaml"),
    (["sample", "call", "--output=y"], "yaml"),
    (["sample", "call", "ad"], "add adieu"),
  ])
  func bashOffersWhatFits(words: [String], offered: String) throws {
    guard isInstalled("bash") else { return }
    // Bash itself would split `--output=y` into three words.
    let split = words.flatMap {
      $0.contains("=") ? $0.split(separator: "=").flatMap { ["=", String($0)] }.dropFirst() + [] : [$0]
    }
    let script =
      completionScript(of: model, for: .bash) + """
        sample() { [[ $1 == __complete && $2 == tools && $3 == -- ]] && printf 'add\\tAdds.\\nadieu\\n'; }
        COMP_WORDS=(\(split.map { "'\($0)'" }.joined(separator: " ")))
        COMP_CWORD=\(split.count - 1)
        _sample
        echo "${COMPREPLY[*]}"
        """
    let answer = try run(["bash", "--norc"], input: script)
    #expect(answer.output == offered + "\n", "\(answer.error)")
  }

  /// What a server suggests is text, whatever it looks like.
  @Test(arguments: ["A$(echo evil|tr a-z A-Z);`echo evil` y", "it's \"q\" \\ ~ * !x", "~root", "$HOME"])
  func bashMakesOneWordOfWhatIsSuggested(suggested: String) throws {
    guard isInstalled("bash") else { return }
    let script =
      completionScript(of: model, for: .bash) + """
        sample() { [[ $1 == __complete ]] && printf '%s\\t\\n' "$SUGGESTED"; }
        COMP_WORDS=(sample call '')
        COMP_CWORD=2
        _sample
        eval "words=(${COMPREPLY[0]})"
        printf '%s %s' "${#words[@]}" "${words[0]}"
        """
    let answer = try run(["bash", "--norc"], input: script, environment: ["SUGGESTED": suggested])
    #expect(answer.output == "1 " + suggested, "\(answer.error)")
  }

  @Test(arguments: [
    ("sample ", ["call", "ls", "tools", "version"]),
    ("sample -s prod tools ", ["ls"]),
    ("sample tool l", ["ls"]),
    ("sample call --ti", ["--timeout"]),
    ("sample call -o j", ["json"]),
    ("sample call --output=y", ["--output=yaml"]),
    ("sample call ", ["add", "adieu"]),
  ])
  func fishOffersWhatFits(line: String, offered: [String]) throws {
    guard isInstalled("fish") else { return }
    let script =
      completionScript(of: model, for: .fish) + """
        function sample; printf 'add\\tAdds.\\nadieu\\n'; end
        complete -C '\(line)'
        """
    let answer = try run(["fish", "--no-config"], input: script, environment: ["XDG_CONFIG_HOME": "/nonexistent"])
    let words = answer.output.split(separator: "\n").map { String($0.split(separator: "\t")[0]) }
    #expect(words.sorted() == offered.sorted(), "\(answer.error)")
  }
}
