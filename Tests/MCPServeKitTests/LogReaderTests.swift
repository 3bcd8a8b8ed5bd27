// SPDX-License-Identifier: Apache-2.0
import Synchronization
import Testing

@testable import MCPServeKit

/// What happens to a stream whose log is away for a moment.
@Suite(.timeLimit(.minutes(1))) struct LogReaderTests {
  private struct Away: Error {}

  /// A log that several servers keep, and that may be away.
  private final class SharedLog: EventLog {
    let memory = MemoryEventLog()
    let isAway = Atomic(false)
    let refusal = Happening()
    var isShared: Bool { true }

    func open(_ stream: String, of session: Session.ID) async throws { try await memory.open(stream, of: session) }
    func append(_ message: [UInt8], to stream: String, of session: Session.ID) async throws -> EventID {
      try await memory.append(message, to: stream, of: session)
    }
    func close(_ stream: String, of session: Session.ID) async throws { try await memory.close(stream, of: session) }
    func newest(on stream: String, of session: Session.ID) async throws -> String {
      try refuseIfAway()
      return try await memory.newest(on: stream, of: session)
    }
    func forget(_ session: Session.ID) async throws { try await memory.forget(session) }
    func events(
      after position: String, on stream: String, of session: Session.ID, limit: Int
    ) async throws -> LoggedEvents? {
      try refuseIfAway()
      return try await memory.events(after: position, on: stream, of: session, limit: limit)
    }

    private func refuseIfAway() throws {
      guard isAway.load(ordering: .acquiring) else { return }
      refusal.happen()
      throw Away()
    }
  }

  private let log = SharedLog()
  private let peer = Peer(sessionID: "s")
  private let session = Session.ID(rawValue: "s")

  private func reader(of stream: String, from start: LogReader.Start = .after("0")) async throws -> LogReader {
    try await log.open(stream, of: session)
    let keeper = EventKeeper(Service(try Server(name: "s", version: "1")), log: log)
    return LogReader(keeper, peer, stream: stream, from: start)
  }

  /// What a reader says first when the log was away as it was asked, and `text` was logged before it was back.
  private func said(by reader: LogReader, logging text: String) async throws -> String {
    log.isAway.store(true, ordering: .releasing)
    async let said = reader.next()
    await log.refusal.wait()
    _ = try await log.append(Array(text.utf8), to: EventID.generalStream, of: session)
    log.isAway.store(false, ordering: .releasing)
    reader.ring()
    return String(decoding: try #require(await said, "the stream goes on"), as: UTF8.self)
  }

  @Test func theGeneralStreamWaitsForALogThatIsAway() async throws {
    let reader = try await reader(of: EventID.generalStream)
    #expect(try await said(by: reader, logging: "later").contains("later"))
  }

  @Test func whatMayBeLostMeanwhileIsMadeGood() async throws {
    peer.endInitialize(Handshake(revision: .v20251125))
    #expect(peer.subscribe("a:b", limit: 1))
    let reader = try await reader(of: EventID.generalStream, from: .now)
    // This is before where the stream begins once the log is back.
    _ = try await said(by: reader, logging: "lost")
    let text = try #require(await reader.next())
    #expect(String(decoding: text, as: UTF8.self).contains("notifications/resources/updated"))
  }

  @Test func aReplyEndsWhereTheLogIsAway() async throws {
    let reader = try await reader(of: "r1")
    log.isAway.store(true, ordering: .releasing)
    let said = await reader.next()
    #expect(said == nil)
  }
}
