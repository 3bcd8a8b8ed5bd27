// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import EventIO
import JSONKit
import MCPClientKit
import Observability

/// `mcpctl auth`
struct AuthCommand: CommandGroup {
  static let info = CommandInfo(
    "auth", "Log in to servers that want authorization, and out again.",
    discussion: ["`mcpctl help authorization` tells how tokens are got, kept and sent."])
  static let subcommands: [any Command.Type] = [
    AuthLoginCommand.self, AuthLogoutCommand.self, AuthStatusCommand.self, AuthTokenCommand.self,
  ]
}

/// What the words of `auth` commands say about the server.
let authTargetHelp = "Server: a URL, host:port, a name of `mcpctl servers` or FILE.json:entry."

/// `mcpctl auth login`
struct AuthLoginCommand: Command {
  static let info = CommandInfo(
    "login", "Get a token for a server.",
    discussion: [
      "The server says who issues its tokens. Your browser is opened there, you agree, and the browser comes back to this "
        + "program. The token is kept in a file only you can read, and other commands send it to this server from then on.",
      "The page's address is printed as well, for browsers that are opened by hand. BROWSER names another program to open "
        + "it with. You have five minutes, or what --timeout says.",
    ],
    examples: [
      .init("mcpctl auth login https://example.com/mcp", "Opens the browser and waits until you have agreed."),
      .init("mcpctl auth login https://example.com/mcp --scope files:read --no-browser", "Prints the page to open."),
      .init(
        "mcpctl auth login https://example.com/mcp --issuer https://login.example.com --client-id bot --client-secret-env SECRET --client-credentials",
        "Gets a token for a machine."),
    ])

  @Argument(authTargetHelp, value: "target") var target: String?
  @Group("Login") var login: LoginOptions
  @Group("Connection") var connection: ConnectionOptions
  @Group("Output") var output: OutputOptions
  @Group("Messages") var talk: TalkOptions

  func run(in console: Console) async throws -> ExitCode {
    let target = try await AuthTarget(target, connection, console)
    var options = try login.authorization(connection, console)
    options.showPage = { page in await Browser(console: console).show(page, opens: !login.noBrowser) }
    let authorizer = try target.authorizer(options, Talk(talk, console), console)
    return try await interruptible {
      do throws(ClientError) {
        let grant = try await authorizer.logIn()
        try? output.printer.show(Presentation(loggedIn: grant), on: console)
        return .success
      } catch {
        var failure = Failure(error, server: HTTPURL.shown(target.url))
        if error.code == .unauthorized { failure.hint = nil }  // the message names the remedy
        throw failure
      }
    }
  }
}

/// `mcpctl auth logout`
struct AuthLogoutCommand: Command {
  static let info = CommandInfo(
    "logout", "Give a server's token back and forget it.",
    examples: [.init("mcpctl auth logout https://example.com/mcp", "Revokes the token where that is possible.")])

  @Argument(authTargetHelp, value: "target") var target: String?
  @Group("Connection") var connection: ConnectionOptions
  @Group("Output") var output: OutputOptions
  @Group("Messages") var talk: TalkOptions

  func run(in console: Console) async throws -> ExitCode {
    let target = try await AuthTarget(target, connection, console)
    let authorizer = try target.authorizer(.init(), Talk(talk, console), console)
    return try await interruptible {
      do throws(ClientError) {
        let had = try await authorizer.grant()
        let problem = try await authorizer.logOut()
        if let problem { console.error.print("warning: \(safeText(problem.message)); the token ends by itself") }
        let text = had == nil ? "there was no token for" : "logged out of"
        let server = JSON.string(authorizer.server)
        try? output.printer.show(
          Presentation(
            ["server": server, "hadToken": .bool(had != nil), "isRevoked": .bool(had != nil && problem == nil)],
            text: "\(text) \(authorizer.server)"), on: console)
        return .success
      } catch {
        throw Failure(error, server: HTTPURL.shown(target.url))
      }
    }
  }
}

/// `mcpctl auth token`
struct AuthTokenCommand: Command {
  static let info = CommandInfo(
    "token", "Print a server's access token, for scripts.",
    discussion: [
      "The token is a secret: whoever has it can do what you can. One that is over is renewed first. Prefer to let mcpctl "
        + "send it."
    ],
    examples: [.init("mcpctl auth token https://example.com/mcp", "Prints the token and nothing else.")])

  @Argument(authTargetHelp, value: "target") var target: String?
  @Group("Connection") var connection: ConnectionOptions
  @Group("Messages") var talk: TalkOptions

  func run(in console: Console) async throws -> ExitCode {
    let target = try await AuthTarget(target, connection, console)
    let talk = Talk(talk, console)
    let authorizer = try target.authorizer(.init(), talk, console)
    return try await interruptible {
      do throws(ClientError) {
        guard let token = try await authorizer.currentToken() else {
          throw ClientError(
            .unauthorized, "there is no valid token for \(HTTPURL.shown(authorizer.server))", httpStatus: 401)
        }
        talk.note("this is a secret: whoever has it can do what you can")
        console.output.print(token)
        return .success
      } catch {
        let hint = error.code == .unauthorized ? "`mcpctl auth login \(HTTPURL.shown(target.url))` gets one" : nil
        throw Failure(error, server: HTTPURL.shown(target.url), missing: hint)
      }
    }
  }
}
