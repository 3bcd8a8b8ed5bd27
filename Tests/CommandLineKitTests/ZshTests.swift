// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import TestSupport
import Testing

/// Completion in a real, interactive zsh. One at a time: each reads a thousand files before it completes anything.
@Suite(.serialized) struct ZshTests {
  @Test(
    .enabled(if: isInstalled("zsh")),
    arguments: [
      ("sample ", ["call", "ls", "tools", "version"]), ("sample -s prod tools ", ["ls"]), ("sample tool l", ["ls"]),
      ("sample call --ti", ["--timeout"]), ("sample call -o j", ["json"]), ("sample call --output=y", ["yaml"]),
      ("sample call ", ["add", "adieu"]), ("sample -s prod call ", ["add", "adieu"]),
    ])
  func zshOffersWhatFits(line: String, offered: [String]) throws {
    let script = completionScript(of: CommandModel(SampleRoot.self), for: .zsh)
    // The program itself, asked for the names of tools: it must be given all the words.
    let program =
      #"sample() { [[ "$1 $2 $3" == "__complete tools --" && " $* " == *" call "* ]] && print "add\tAdds.\nadieu\t" }"#
    let answer = try run(["zsh", "-f", "-c", Self.capture, "capture", script, program, line], deadline: 120)
    let words = answer.output.split(whereSeparator: \.isNewline).map(String.init)
    #expect(words.sorted() == offered, "\(answer.error)")
  }

  /// Types `$3` and a tab into a zsh on a pseudo-terminal, where `compadd` prints what it would offer.
  private static let capture = #"""
    zmodload zsh/zpty
    zpty z zsh -f -i
    zpty -w z "PS1= PS2= RPS1=; unsetopt zle_bracketed_paste prompt_sp 2>/dev/null; stty -echo -onlcr"
    zpty -w z "autoload -U compinit; compinit -D -u"
    zpty -w z "source =(print -r -- ${(q)1})"
    zpty -w z "$2"
    zpty -w z 'comppostfuncs=( finish ); finish() { print -r -- "<finish>"; exit }
    compadd() {
      if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "$@"; return $?; fi
      typeset -a hits; builtin compadd -A hits "$@"
      local hit; for hit in $hits; do print -r -- "<match>$hit"; done
    }
    bindkey "^I" complete-word; print "<re""ady>"'
    while zpty -r z line; do [[ $line == *"<ready>"* ]] && break; done
    zpty -w -n z "$3"$'\t'
    while zpty -r z line; do
      [[ $line == *"<match>"* ]] && print -r -- ${${line##*<match>}%%[$'\r\n']*}
      [[ $line == *"<finish>"* ]] && break
    done
    zpty -d z
    """#
}
