// SPDX-License-Identifier: Apache-2.0
import EventIO
import MCPCore
import Testing

@testable import MCPClientKit

/// What a browser may bring back.
@Suite struct AnswerInBrowserTests {
  private static let namesItself = GuardedWorld.metadata.replacing(
    "{\"issuer\"", with: #"{"authorization_response_iss_parameter_supported": true, "issuer""#)

  private func logIn(
    _ user: User, metadata: String = GuardedWorld.metadata, _ check: (GuardedWorld) -> Void = { _ in }
  ) async throws -> ClientError? {
    var settings = GuardedWorld.Settings()
    settings.documents["/.well-known/oauth-authorization-server/as"] = metadata
    var refusal: ClientError?
    try await GuardedWorld.running(settings) { world in
      do throws(ClientError) { try await world.authorizer(user: user).logIn() } catch { refusal = error }
      check(world)
    }
    return refusal
  }

  @Test func anAnswerOfSomebodyElseIsPassedOver() async throws {
    let user = User(before: { redirect, state in
      for query in ["", "code=x", "code=x&state=", "code=x&state=\(state)x", "error=access_denied&state=wrong"] {
        #expect(await visit("\(redirect)?\(query)")?.status == 400)
      }
      let origin = redirect.dropLast("/callback".count)
      #expect(await visit("\(origin)/")?.status == 404)
      #expect(await visit("\(origin)/favicon.ico")?.status == 404)
      #expect(await visit("\(redirect)?code=x&state=\(state)", .delete)?.status == 405)
    })
    let error = try await logIn(user) { world in
      #expect(world.asked("POST /as/token").map { $0.form["code"] } == ["code-1"])
    }
    #expect(error == nil)
  }

  @Test(arguments: ["https://evil.example", "ORIGIN/as/", "ORIGIN/AS"])
  func anAnswerOfAnotherIssuerIsRefusedUnread(issuer: String) async throws {
    let user = User(change: {
      $0["iss"] = issuer; $0["error"] = "call_this_number"
    })
    let error = try await logIn(user) { #expect($0.asked("POST /as/token").isEmpty) }
    #expect(error?.code == .unauthorized && error?.message.contains("(iss)") == true)
    #expect(error?.message.contains("number") == false)
  }

  @Test func anIssuerThatNamesItselfHasToDoSo() async throws {
    let error = try await logIn(User(), metadata: Self.namesItself) { #expect($0.asked("POST /as/token").isEmpty) }
    #expect(error?.message.contains("(iss)") == true)
  }

  @Test func theRightIssuerIsTaken() async throws {
    // The redirect's port is the client's; the issuer's is found in the page that was shown.
    var settings = GuardedWorld.Settings()
    settings.documents["/.well-known/oauth-authorization-server/as"] = Self.namesItself
    try await GuardedWorld.running(settings) { world in
      let issuer = world.origin + "/as"
      try await world.authorizer(user: User(change: { $0["iss"] = issuer })).logIn()
    }
  }

  @Test func aUserWhoDoesNotAgreeIsTheEndOfIt() async throws {
    let user = User(change: {
      $0 = ["state": $0["state"] ?? "", "error": "access_denied", "error_description": "no\u{7}"]
    })
    let error = try await logIn(user) { #expect($0.asked("POST /as/token").isEmpty) }
    #expect(error?.code == .unauthorized && error?.message.hasSuffix("access_denied: no") == true)
    let empty = User(change: { $0["code"] = nil })
    #expect(try await logIn(empty)?.message.contains("has no code") == true)
  }

  @Test func theAddressMayComeByHand() async throws {
    try await GuardedWorld.running { world in
      for isRight in [true, false] {
        let authorizer = try world.authorizer(user: nil) { options in
          options.showPage = { page in
            let question = FormText.decode(page.split(separator: "?").last ?? "")
            let state = (question["state"] ?? "") + (isRight ? "" : "x")
            return "\(question["redirect_uri"] ?? "")?state=\(state)&code=by-hand"
          }
        }
        if isRight {
          try await authorizer.logIn()
          #expect(world.asked("POST /as/token").last?.form["code"] == "by-hand")
        } else {
          let error = await #expect(throws: ClientError.self) { try await authorizer.logIn() }
          #expect(error?.message.contains("no answer to this login") == true)
        }
      }
    }
  }

  @Test func nobodyWaitsForEver() async throws {
    try await GuardedWorld.running { world in
      let authorizer = try world.authorizer(user: nil) { options in
        options.showPage = { _ in nil }
        options.patience = .milliseconds(50)
      }
      let error = await #expect(throws: ClientError.self) { try await authorizer.logIn() }
      #expect(error?.code == .timeout)
    }
  }

  @Test func whatTheUserSeesHasNoWordsOfOthersAndIsKeptNowhere() async throws {
    try await RedirectListener.listening(at: nil) { listener, uri throws(ClientError) in
      let answer = Task { try await listener.answer(within: .seconds(20), read: { _ in .success("x") }, show: { nil }) }
      var client: HTTPClient
      do throws(IOError) { client = try HTTPClient() } catch { throw ClientError(error) }
      defer { client.close() }
      // Until the page is shown nobody is listened to.
      while await visit(uri)?.status == 404 { await Task.yield() }
      _ = await answer.result
      let second = try? await client.send(.init(.get, "\(uri)?q=%3Cscript%3E"))
      #expect(second?.status == 409 && second?.headers["Cache-Control"] == "no-store")
      #expect(second?.headers["Content-Security-Policy"] == "default-src 'none'")
      let body = (try? await second?.body.collect(limit: 1 << 16)) ?? []
      #expect(!String(decoding: body, as: UTF8.self).contains("script"))
    }
  }

  @Test func aRedirectURIIsOnThisMachine() async throws {
    try await GuardedWorld.running { world in
      for uri in ["https://example.com/callback", "http://example.com/", "http://127.0.0.1/?x", "mine:/x"] {
        let authorizer = try world.authorizer { $0.redirectURI = uri }
        let error = await #expect(throws: ClientError.self) { try await authorizer.logIn() }
        #expect(error?.code == .invalidTarget)
      }
      let user = User()
      try await world.authorizer(user: user) { $0.redirectURI = "http://localhost/back" }.logIn()
      let used = try #require(user.questions.first?["redirect_uri"])
      #expect(used.hasPrefix("http://localhost:") && used.hasSuffix("/back"))
    }
  }
}
