// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPClientKit
import MCPCore
import Testing

/// Which revision the two end up with. Spec: 2026-07-28, basic/versioning.
@Suite(.timeLimit(.minutes(1))) struct NegotiationTests {
  private func connect(
    to server: ScriptedServer, _ choice: ClientOptions.ProtocolChoice = .automatic
  ) async throws(ClientError) -> Client {
    try await Client.connect(to: server.target, options: ClientOptions(protocolChoice: choice))
  }

  @Test func aModernServerIsFoundByItsDescription() async throws {
    let server = ScriptedServer.modern()
    let client = try await connect(to: server)
    #expect(client.negotiated.revision == .v20260728)
    #expect(client.negotiated.server?.name == "scripted")
    #expect(client.negotiated.instructions == "be kind")
    #expect(server.requests.map(\.method) == [.discover])
    let meta = server.requests.first?.params["_meta"]
    #expect(meta?[MetaKey.protocolVersion] == "2026-07-28")
    #expect(meta?[MetaKey.clientCapabilities] == [:])
    #expect(meta?[MetaKey.clientInfo]?["name"] == "MCPClientKit")
    await client.close()
  }

  @Test(arguments: [-32601, -32602, -32600, -32000, -32603])
  func anyOrdinaryErrorMeansAHandshakeOnTheSameChannel(code: Int) async throws {
    let server = ScriptedServer { message in
      guard case .request(let request) = message else { return [] }
      return request.method == .initialize
        ? [request.answer(ScriptedServer.handshake("2025-11-25"))]
        : [request.refusal(RPCError(.init(rawValue: code), "no"))]
    }
    let client = try await connect(to: server)
    #expect(client.negotiated.revision == .v20251125)
    #expect(server.requests.map(\.method) == [.discover, .initialize])
    _ = await server.hears(.initialized)
    await client.close()
  }

  @Test(arguments: Revision.legacy) func aCounterOfferOfAnyLegacyRevisionIsTaken(offered: Revision) async throws {
    let server = ScriptedServer.legacy(offered.rawValue)
    let client = try await connect(to: server, .legacy)
    #expect(client.negotiated.revision == offered)
    #expect(server.requests.map(\.method) == [.initialize])
    #expect(server.requests.first?.params["protocolVersion"] == "2025-11-25")
    await client.close()
  }

  @Test(arguments: Revision.legacy) func aPinnedLegacyRevisionIsTheOneOffered(pinned: Revision) async throws {
    let server = ScriptedServer.legacy(pinned.rawValue)
    let client = try await connect(to: server, .revision(pinned))
    #expect(server.requests.map(\.method) == [.initialize])
    #expect(server.requests.first?.params["protocolVersion"] == .string(pinned.rawValue))
    await client.close()
  }

  @Test(arguments: ["2026-07-28", "2099-01-01", ""]) func aCounterOfferNobodyCanSpeakIsRefused(offered: String) async {
    let error = await #expect(throws: ClientError.self) { try await connect(to: .legacy(offered), .legacy) }
    #expect(error?.code == .unsupportedRevision)
    #expect(error?.message.contains("insists on revision \(offered)") == true)
  }

  @Test func aServerThatListsOnlyLegacyVersionsIsShakenHandsWith() async throws {
    let server = ScriptedServer { message in
      guard case .request(let request) = message else { return [] }
      guard request.method == .discover else { return [request.answer(ScriptedServer.handshake("2025-06-18"))] }
      return [
        request.refusal(
          RPCError(.unsupportedProtocolVersion, "no", data: ["supported": ["2025-06-18"], "requested": "2026-07-28"]))
      ]
    }
    let client = try await connect(to: server)
    #expect(client.negotiated.revision == .v20250618)
    await client.close()
  }

  @Test func aServerFromTheFutureIsRefusedWithItsVersions() async {
    let server = ScriptedServer { message in
      guard case .request(let request) = message else { return [] }
      return [
        request.refusal(RPCError(.unsupportedProtocolVersion, "no", data: ["supported": ["2099-01-01"]]))
      ]
    }
    let error = await #expect(throws: ClientError.self) { try await connect(to: server) }
    #expect(error?.code == .unsupportedRevision)
    #expect(error?.message.contains("2099-01-01") == true)
    #expect(server.requests.map(\.method) == [.discover], "no handshake is tried")
  }

  @Test func aPinnedModernRevisionDoesNotFallBack() async {
    let server = ScriptedServer.legacy()
    let error = await #expect(throws: ClientError.self) { try await connect(to: server, .revision(.v20260728)) }
    #expect(error?.code == .unsupportedRevision)
    #expect(server.requests.map(\.method) == [.discover])
  }

  @Test func aSilentChannelGetsAHandshakeAfterTheProbe() async throws {
    let server = ScriptedServer { message in
      guard case .request(let request) = message, request.method == .initialize else { return [] }
      return [request.answer(ScriptedServer.handshake("2024-11-05"))]
    }
    let client = try await Client.connect(
      to: server.target, options: ClientOptions(timeouts: .init(probe: .milliseconds(20))))
    #expect(client.negotiated.revision == .v20241105)
    await client.close()
  }
}
