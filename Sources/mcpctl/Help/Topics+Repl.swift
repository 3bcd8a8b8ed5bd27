// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit

extension HelpTopic {
  static let repl = HelpTopic(
    "repl-commands", "what can be typed into mcpctl repl",
    [
      .heading("Lines"),
      .terms(linesOfRepl),
      .paragraph(
        "Words are quoted as in a shell; JSON needs no quotes, and goes on in the next line until its last bracket. "
          + "`#` begins a comment. Options are those of the command in a shell; what concerns the connection is given to "
          + "`mcpctl repl` or `\\c`."),
      .paragraph(
        "`$name` is a variable wherever it stands outside of single quotes, `$name.member[0]` a part of it, and `$_` the last "
          + "result. Behind `:=` and within JSON its value is JSON, elsewhere text."),
    ]
      + Backslash.sections.flatMap { section -> [Block] in
        [.heading(section.heading), .terms(section.commands.map { ($0.usage, $0.help) })]
      }
      + [
        .heading("Several servers"),
        .paragraph(
          "`mcpctl repl a,b`, or `\\c a,b`, opens both. What they offer is known by `a/name` then; lists show all, `ping`, `info` "
            + "and `\\conninfo` ask all, and `@a COMMAND` asks one. `\\diff` says what the two offer differently."),
        .heading("What servers ask"),
        .paragraph(
          "A form, a page, or what a model would say is asked where the call stands, and Ctrl-C cancels that call. What is asked "
            + "for a job waits for `\\respond`. Files, commands and --no-input answer in your place: `mcpctl help answers`. "
            + "Servers are told that you work in the directories of --root, and those that `\\roots add DIR` adds."),
        .heading("Long results, and pictures"),
        .paragraph(
          "A result longer than the window goes through MCPCTL_PAGER, PAGER or less; `\\pset pager off` wants that no more. "
            + "Pictures show on terminals that can: kitty, iTerm2, WezTerm, mintty, and those that say they draw sixels (PNG alone "
            + "but for iTerm2's way). MCPCTL_IMAGES chooses: kitty, iterm2, sixel or off. Elsewhere `--out FILE` or `\\o FILE` saves "
            + "them."),
        .heading("Scripts"),
        .paragraph(
          "`mcpctl repl -f FILE`, or a pipe: one or more commands a line. A command that fails does not end the script, unless "
            + "--fail-fast is given; errors name file and line, and the exit code is that of the worst failure."),
        .lines([
          "mcpctl repl -e 'x = calculator a=1 b=2' -e 'echo message=$x.structuredContent.result'",
          "mcpctl repl < script",
        ]),
      ])

  /// The forms a line may have, and what they do.
  static let linesOfRepl: [(term: String, text: String)] = [
    ("tools, prompts, resources", "list them; templates, too"),
    ("tools NAME", "what a tool takes"),
    ("call NAME a=1 b=2", "call a tool; NAME a=1 alone does, too"),
    ("read URI", "print a resource"),
    ("prompt NAME a=1", "render a prompt"),
    ("ping, info, doctor", "does it answer, what was agreed on, which step to it fails"),
    ("tools/list, any/method", "requests as they are on the wire: any/method name=text other:={\"a\":1}"),
    ("help WORD", "what a command, a topic or a tool is"),
    ("COMMAND -o json --path .a", "options as in a shell"),
    ("x = COMMAND", "keep the result; $x.content[0].text and $_ (the last) stand in words"),
    ("COMMAND | .a[0] | !jq .", "a part of the result, or a shell command that reads it"),
    ("COMMAND &", "do not wait for it"),
    ("SERVER/NAME, @SERVER COMMAND", "which one is meant, where `\\c a,b` opened several"),
    ("COMMAND; COMMAND", "one after the other"),
    ("Tab, Ctrl-C, Ctrl-D", "complete; cancel, or clear the line; leave"),
    ("Right arrow, Ctrl-R", "take what stands dimmed behind the cursor; search lines typed before"),
  ]
}
