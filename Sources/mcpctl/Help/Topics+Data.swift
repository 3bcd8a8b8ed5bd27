// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit

extension HelpTopic {
  static let arguments = HelpTopic(
    "arguments", "how the arguments of a tool are written",
    [
      .terms([
        (
          "name=value",
          "The schema decides the type: text stays as it is, numbers must be numbers, true and false are booleans, lists and objects are JSON. "
            + "Where text would do as well, it is text."
        ),
        ("name:=JSON", "JSON, whatever the schema says: `b:=null`, `b:='\"12\"'`."),
        ("name=@FILE", "What the file holds, as text; in Base64 where the schema wants that. - is standard input."),
        ("name:=@FILE", "What the file holds, as JSON."),
        ("name=@@text", "Text that begins with @."),
        ("a[b]=1", "A member of an object."),
        ("tags[]=x", "One more element of a list. Where the schema says list, tags=x tags=y does the same."),
        ("'{...}'", "A whole JSON object; other words change its members."),
        ("--args JSON", "The object to start from: the text, @FILE, or - for standard input."),
      ]),
      .paragraph(
        "When no argument is given and standard input is not a terminal, a JSON object is read from there if the tool "
          + "takes arguments. An empty input means no arguments."),
      .paragraph(
        "Before anything is sent, the arguments are compared with the tool's schema. Every missing, unknown or mistyped "
          + "one is listed, and the exit code is 65. --no-validate sends them all the same; --no-schema takes every value "
          + "as text without asking for the schema."),
      .heading("Examples"),
      .lines([
        "mcpctl call calculator a=1 b=2", "mcpctl call search query=swift 'tags[]=new' 'options:={\"limit\": 3}'",
        "mcpctl call upload name=a.png data=@a.png", "mcpctl call calculator < arguments.json",
      ]),
    ])

  static let output = HelpTopic(
    "output", "what is printed, and in which formats",
    [
      .paragraph(
        "Standard output holds the result and nothing else. On a terminal control characters sent by a server are written "
          + "out, so that they cannot act; in a pipe the text is untouched."),
      .terms([
        ("text", "For people: content of calls, tables of lists. In a pipe lists are tab-separated rows."),
        ("json", "The result object of the specification, all pages of a list in one."),
        ("jsonl", "One JSON value a line: the elements of a list, the blocks of a result."),
        ("yaml", "The same object as YAML."),
        ("table, wide", "Aligned columns with headings; wide shows all of them in full."),
        ("name", "Names or URIs only, one a line."),
        ("raw", "The result object on one line, exactly as it came."),
        ("value", "The structured result, or the text parsed as JSON when it is JSON."),
        (
          "jsonpath=EXPR",
          "Text with paths in braces, of the object `-o json` prints: `{.tools[*].name}`, `{range PATH}...{end}`, `{\"\\n\"}`. What "
            + "is not there is left out. No line end is added, except on a terminal."
        ),
        (
          "custom-columns=SPEC",
          "A table of one's own: NAME:.name,REQUIRED:.inputSchema.required. A row is an element of a list, or the result."
        ),
      ]),
      .paragraph(
        "--path narrows any of them. A path that finds nothing ends with exit code 1. --no-headers leaves the headings of tables "
          + "out, and --columns NAME,TITLE takes some columns of a list, by their headings, those of the wide form as well."
      ),
      .paragraph(
        "On a terminal JSON has colours, also where it is the text of a call. In other texts of calls, in prompts and in resources "
          + "that are text/markdown, headings, strong text, code and the marks of lists stand out; no mark is taken away, and "
          + "`-o value` prints text as it is. --color never, --no-color, NO_COLOR and TERM=dumb end all colours. In a pipe and in a "
          + "file results have none, whatever the environment says; --color always wants them in a pipe, too, with control characters written out."
      ),
      .heading("Paths"),
      .terms([
        (".content[0].text", "A member, an element; [-1] counts from the end."),
        (".[\"odd name\"]", "A member of any name; .odd\\.name does the same for a dot."),
        (".tools[*].name", "Of every element; [] is the same, [0,2] and [1:3] are some of them."),
        ("..name", "Anywhere below."),
        (
          ".tools[?(@.name==\"echo\")]",
          "Those for which it holds: == != < <= > >=, joined by && and ||; @.member alone has to be there."
        ),
      ]),
      .paragraph(
        "--out FILE writes the result to a file; when the result is one image, sound or binary resource, its bytes. A file that "
          + "cannot be written is found out before anything is sent."),
      .heading("Examples"),
      .lines([
        "mcpctl tools ls -o custom-columns=NAME:.name,REQUIRED:.inputSchema.required",
        "mcpctl tools ls -o jsonpath='{range .tools[*]}{.name}{\"\\n\"}{end}'",
        "mcpctl tools ls --path '.tools[?(@.annotations.readOnlyHint==true)].name'",
      ]),
      .heading("Messages"),
      .paragraph(
        "-v says on standard error what happens, and at the end where the time went: each request, over HTTP with its phases (name, "
          + "connect, TLS, first byte, first event), below the other and to the right as it was late. Requests carry a trace id that "
          + "it names, so that the server's log can be searched for them. -vv shows messages, -vvv the heads of HTTP."),
    ])

  static let `protocol` = HelpTopic(
    "protocol", "the protocol revisions and how one is chosen",
    [
      .terms([
        ("2026-07-28", "Modern era: every request stands alone. Transports: stdio, http-stream."),
        ("2025-11-25", "Legacy era: initialize, then a session. Transports: stdio, http-stream."),
        ("2025-06-18", "Legacy era. Transports: stdio, http-stream."),
        ("2025-03-26", "Legacy era, with batches. Transports: stdio, http-stream."),
        ("2024-11-05", "Legacy era. Transports: stdio, sse."),
      ]),
      .paragraph(
        "--protocol auto asks in the modern way first and falls back to the handshake, on HTTP at last to HTTP+SSE. "
          + "legacy starts with the handshake. A date asks for that revision; a legacy server may answer with another "
          + "legacy one, and `mcpctl info` says which."),
      .paragraph(
        "Subscriptions (subscriptions/listen, and resources/subscribe before 2026-07-28) are for `\\sub` "
          + "of `mcpctl repl`; in a program, `Client.listen` of the library MCPClientKit hears what they bring."),
    ])
}
