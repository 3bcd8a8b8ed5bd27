// SPDX-License-Identifier: Apache-2.0
import MCPClientKit
import MCPServeKit
import Synchronization
import Testing

/// Tasks of this package's server, waited for by its client, in both eras.
@Suite(.timeLimit(.minutes(1))) struct TasksTogetherTests {
  private static let revisions = [Revision.v20251125, .v20260728]

  private func makeServer() throws -> Server {
    var options = Server.Options()
    options.tasks.pollInterval = .milliseconds(10)
    options.pageSize = 1
    let name = Elicitation.Form("Name?", .init("name", isRequired: true))
    return try Server(name: "tasks", version: "1", options: options) {
      ServerTool("ask", "Asks twice.") { context in
        await context.progress(1, of: 3, "asking")
        let first = try await context.elicit(name)["name"]?.string ?? "-"
        let second = try await context.elicit(name, as: "again")["name"]?.string ?? "-"
        return .text("\(first) and \(second)")
      }.tasks(.required)
      ServerTool("fail", "Fails.") { _ in throw RPCError(.internalError, "out of paper") }.tasks(.optional)
      ServerTool("hang", "Never ends.") { _ in
        while true { try await Task.sleep(for: .seconds(3600)) }
      }.tasks(.optional)
    }
  }

  private func exercise(_ client: Client) async throws {
    let task = RequestOptions(asTask: true)
    let states = Mutex<[TaskState]>([])
    let watched = RequestOptions(asTask: true, onTask: { state in states.withLock { $0.append(state) } })
    #expect(try await client.callTool("ask", options: watched).content == [.text("Ada and Ada")])
    #expect(states.withLock { $0.contains { $0.status == .inputRequired } })
    let error = await #expect(throws: ClientError.self) { try await client.callTool("fail", options: task) }
    #expect(error?.rpcError?.message == "out of paper")
    let required = await #expect(throws: ClientError.self) { try await client.callTool("ask") }
    let isLegacy = client.negotiated.era == .legacy
    #expect(required?.rpcError?.code == (isLegacy ? .methodNotFound : .missingClientCapability))

    guard case .task(let begun) = try await client.startTool("hang", lifetime: .seconds(60)) else {
      Issue.record("no task was begun")
      return
    }
    #expect(begun.status == .working && begun.lifetime == .seconds(isLegacy ? 60 : 900))
    try await client.cancelTask(begun.id)
    let ended = await #expect(throws: ClientError.self) { _ = try await client.result(ofTask: begun.id) }
    #expect(ended?.code == .taskCancelled)

    let (looks, look) = AsyncStream.makeStream(of: TaskState.self)
    let call = Task {
      try await client.callTool("hang", options: RequestOptions(asTask: true, onTask: { look.yield($0) }))
    }
    var id: String?
    for await state in looks {
      id = state.id
      break
    }
    call.cancel()
    _ = await call.result
    let hanging = try #require(id)
    #expect(try await client.task(hanging).status == .cancelled)
    if isLegacy {
      #expect(try await client.listTasks().map(\.status) == [.completed, .failed, .cancelled, .cancelled])
    }
  }

  private var answering: CustomResponder {
    CustomResponder([.forms]) { _ in ["action": "accept", "content": ["name": "Ada"]] }
  }

  @Test(arguments: revisions) func tasksWorkInMemory(revision: Revision) async throws {
    let (ours, theirs) = MemoryChannel.pair()
    async let served: Void = ChannelEndpoint(Service(makeServer()), on: theirs).run()
    let options = ClientOptions.watched(.revision(revision), answering)
    try await Client.connected(to: .channel(ours), options: options) { try await exercise($0) }
    try await served
  }

  @Test(arguments: revisions) func tasksWorkOverHTTP(revision: Revision) async throws {
    let server = try makeServer()
    let (ports, port) = AsyncStream.makeStream(of: UInt16.self)
    let options = ClientOptions.watched(.revision(revision), answering)
    try await withThrowingTaskGroup { group in
      group.addTask { try await server.serve(.http(host: "127.0.0.1", port: 0)) { port.yield($0.port) } }
      for await port in ports {
        try await Client.connected(to: .http("http://127.0.0.1:\(port)/mcp"), options: options) {
          try await exercise($0)
        }
        break
      }
      group.cancelAll()
    }
  }

  @Test func aLegacyClientIsToldOfItsOwnTasksAlone() async throws {
    let service = Service(try makeServer())
    let (heard, hear) = AsyncStream.makeStream(of: Message.Notification.self)
    let strangers = Mutex(0)
    try await withThrowingTaskGroup { group in
      let pairs = [MemoryChannel.pair(), MemoryChannel.pair()]
      for (_, theirs) in pairs { group.addTask { try await ChannelEndpoint(service, on: theirs).run() } }
      var options = ClientOptions.watched(.legacy, answering)
      options.onNotification = { notification in
        if notification.method == .tasksStatus { strangers.withLock { $0 += 1 } }
      }
      let stranger = try await Client.connect(to: .channel(pairs[0].0), options: options)
      options.onNotification = { hear.yield($0) }
      let owner = try await Client.connect(to: .channel(pairs[1].0), options: options)
      _ = try await owner.callTool("ask", options: RequestOptions(asTask: true))
      for await notification in heard where notification.params["status"] == "completed" {
        #expect(notification.method == .tasksStatus && notification.params["ttl"] == 900_000)
        let id = try #require(notification.params["taskId"]?.string)
        await #expect(throws: ClientError.self) { try await stranger.task(id) }
        break
      }
      #expect(try await stranger.listTasks().isEmpty)
      await owner.close()
      await stranger.close()
      try await group.waitForAll()
    }
    #expect(strangers.withLock { $0 } == 0)
  }
}
