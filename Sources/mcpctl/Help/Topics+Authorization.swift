// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit

extension HelpTopic {
  static let authorization = HelpTopic(
    "authorization", "how servers that want authorization are used",
    [
      .paragraph(
        "A server at a URL may let in only who brings a token. Without one a command ends with exit code 4. A program that "
          + "is started gets its secrets from its environment (--env) instead."),
      .heading("Logging in"),
      .lines(["mcpctl auth login https://example.com/mcp", "mcpctl -s https://example.com/mcp tools ls"]),
      .paragraph(
        "The server's metadata say who issues its tokens. Your browser is sent there and comes back to a port of this "
          + "machine; on a machine without a browser, --no-browser prints the page, and you paste the address the browser ends at, "
          + "or forward the port that --redirect-uri fixes. From then on every command sends the token to this server, and to no other. It is renewed "
          + "before it is over, and once when the server refuses it."),
      .paragraph(
        "When a token has too few scopes, the command asks you at a terminal, and ends with 4 elsewhere. `mcpctl auth "
          + "login` with --scope asks for more at once."),
      .heading("Being known to the authorization server"),
      .paragraph("The first of these that is possible:"),
      .terms([
        ("--client-id ID", "An id you got from it; its secret in --client-secret-env or --client-secret-file."),
        ("--client-metadata-url URL", "A document at an https URL, where the authorization server takes such."),
        ("registration", "mcpctl registers itself, once for each authorization server."),
      ]),
      .paragraph(
        "--issuer says whose the id is, so that no other authorization server ever sees it. The document looks like this:"
      ),
      .lines([
        "{", "  \"client_id\": \"https://example.com/mcpctl.json\",", "  \"client_name\": \"mcpctl\",",
        "  \"redirect_uris\": [\"http://127.0.0.1/callback\"],",
        "  \"grant_types\": [\"authorization_code\", \"refresh_token\"],",
        "  \"response_types\": [\"code\"],", "  \"token_endpoint_auth_method\": \"none\"", "}",
      ]),
      .heading("Machines"),
      .paragraph(
        "--client-credentials gets a token for the client itself, with its id and secret and without a browser."),
      .heading("A token of your own"),
      .terms([
        ("--bearer-env NAME", "The token in an environment variable."),
        ("--bearer-file FILE", "The token in a file."),
        ("--askpass", "The token you type at the terminal."),
        ("-H 'Authorization: env:NAME'", "Any other kind of credential."),
      ]),
      .paragraph("Any of them goes before a token that is kept. A token is never a word of the command line."),
      .heading("Where tokens are"),
      .paragraph(
        "In ~/.local/state/mcpctl/auth, below XDG_STATE_HOME if that is set: a folder and files only you can open. Each is "
          + "for one server and of one issuer, and is used with no other. `mcpctl auth status` lists them without the tokens, "
          + "`mcpctl auth token` prints one, `mcpctl auth logout` gives it back and deletes it. What -v, -vv and -vvv show has "
          + "them left out."),
      .heading("What is refused"),
      .paragraph(
        "Plain http, except on this machine for a server on this machine. Metadata about another server or issuer than the "
          + "one asked. An authorization server that does not know PKCE with S256. An answer in the browser that does not "
          + "repeat what was sent, or comes from somebody else. Redirects of a request to another place."),
    ])
}
