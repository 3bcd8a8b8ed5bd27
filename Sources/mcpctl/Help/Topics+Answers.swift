// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit

extension HelpTopic {
  static let answers = HelpTopic(
    "answers", "how a server's questions are answered from a file",
    [
      .paragraph(
        "Servers may ask while they work: the user to fill in a form or to open a page (elicitation), a model to go on "
          + "(sampling), and where the client works (roots). --answer FILE takes the answers from a file. The "
          + "server is told that it may ask for what the file has answers for, and for nothing more unless another option or "
          + "the terminal answers it."),
      .paragraph(
        "At a terminal you are asked what no file answers. Forms are filled in field by field. For sampling you see what a "
          + "model is asked, and type its answer, write it in $VISUAL or $EDITOR, have --sampling-cmd say it, or decline; "
          + "nothing is sent before you have seen it. --no-input asks nobody, and --sampling-cmd is run at once then, as it is "
          + "without a terminal."),
      .heading("Format"),
      .paragraph("One JSON object; each of its three members may be left out:"),
      .lines(Self.exampleOfAnswers),
      .terms([
        (
          "elicitation",
          "A list, or one answer: an object of the next four, or for a form just accept, decline or cancel."
        ),
        ("action", "accept, decline or cancel. accept when it is left out."),
        ("content", "The fields of the form. Fields that are left out have the form's defaults."),
        ("mode", "form, or url to agree to a page. Pages are never opened. form when it is left out."),
        ("when", "Where the answer fits, see below. Everywhere when it is left out."),
        ("sampling", "A list, or one answer: the text a model said, or an object with text and when."),
        ("result", "In sampling in place of text: the whole CreateMessageResult."),
        ("roots", "Absolute paths of directories."),
      ]),
      .heading("Which answer is taken"),
      .paragraph(
        "An answer fits when its `when` occurs in the question's message, the page's URL or the prompt of sampling, or is "
          + "the question's key in 2026-07-28. Upper and lower case differ. Of the answers that fit, the first not used "
          + "yet is taken; when all were used, the last of them again, as often as it is asked."),
      .paragraph(
        "When none fits, the call fails with exit code 6. So end the list with \"decline\" to refuse "
          + "every other form, which then refuses a form that is asked again as well."),
      .heading("Examples"),
      .lines([
        "mcpctl call book city=Oslo --answer answers.json -- .build/debug/Trip",
        "mcpctl call suggest city=Oslo --answer answers.json -- .build/debug/Trip",
      ]),
    ])

  /// A file that can be copied; a test reads it.
  static let exampleOfAnswers = [
    "{", "  \"elicitation\": [", "    {\"when\": \"How many nights\", \"content\": {\"nights\": 3}},",
    "    {\"when\": \"Book\", \"content\": {\"confirm\": true}},",
    "    {\"mode\": \"url\", \"when\": \"https://example.com/\", \"action\": \"accept\"},", "    \"decline\"", "  ],",
    "  \"sampling\": [{\"when\": \"Oslo\", \"text\": \"Take a boat.\"}],", "  \"roots\": [\"/tmp\"]", "}",
  ]
}
