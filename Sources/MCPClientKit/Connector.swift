// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import Observability

/// Finds the way to talk to one server: transport, era, revision.
struct Connector {
  let target: ServerTarget
  let options: ClientOptions
  let switchboard: Switchboard
  /// Until when everything must be agreed on; nil while nothing is being opened.
  private var deadline: ContinuousClock.Instant?

  init(target: ServerTarget, options: ClientOptions, switchboard: Switchboard) {
    (self.target, self.options, self.switchboard) = (target, options, switchboard)
  }

  typealias Connection = (conversation: Conversation, negotiated: Negotiated)

  /// Connects within `timeouts.opening`, whatever that takes.
  func connect() async throws(ClientError) -> Connection {
    var connector = self
    connector.deadline = .now.advanced(by: options.timeouts.opening)
    return try await connector.open()
  }

  /// What is left of the time to connect, in tenths of a second for the messages.
  private var remaining: Duration {
    guard let left = deadline.map({ $0 - .now }) else { return options.timeouts.opening }
    return .milliseconds(Int((left / .milliseconds(100)).rounded(.up)) * 100)
  }

  private func open() async throws(ClientError) -> Connection {
    switch target.kind {
    case .program(let program):
      return try await connectByChannel(.stdio) { () async throws(ClientError) in
        try await startTransport(program, options, switchboard.events)
      }
    case .channel(let channel):
      let transport = ChannelTransport(
        to: target.name, over: channel, options, events: switchboard.events
      ) { [name = target.name] in ClientError(.disconnected, "\(name) has closed the connection") }
      return try await connectByChannel(.channel, canRestart: false) { () async throws(ClientError) in transport }
    case .http(let url, let transport): return try await connectByHTTP(url, transport)
    }
  }

  // MARK: Channels

  private func connectByChannel(
    _ transport: Negotiated.Transport, canRestart: Bool = true,
    _ open: () async throws(ClientError) -> any ClientTransport
  ) async throws(ClientError) -> Connection {
    var conversation = Conversation(with: target.name, over: try await open(), switchboard)
    do throws(ClientError) {
      guard let asked = options.protocolChoice.modern else {
        return try await shakeHands(in: conversation, over: transport)
      }
      let isPinned = options.protocolChoice != .automatic
      // A server that is still starting has not been asked yet.
      let (timeout, patience) = isPinned ? (remaining, nil) : (remaining / 2, options.timeouts.probe)
      switch try await probe(asked, in: conversation, over: transport, within: timeout, silentFor: patience) {
      case .modern(let negotiated): return (conversation, negotiated)
      case .legacy: return try await shakeHands(in: conversation, over: transport)
      case .legacyAfterRestart:
        guard canRestart else { return try await shakeHands(in: conversation, over: transport) }
        note("\(target.name) did not answer server/discover; starting it again for initialize")
        await conversation.transport.abort()
        conversation = Conversation(with: target.name, over: try await open(), switchboard)
        return try await shakeHandsOrProbeAgain(asked, in: conversation, over: transport)
      }
    } catch {
      await error.code == .timeout ? conversation.transport.abort() : conversation.transport.close()
      throw error
    }
  }

  /// A server that was silent may have been slow to start, and modern only; then it refuses the handshake.
  private func shakeHandsOrProbeAgain(
    _ asked: Revision, in conversation: Conversation, over transport: Negotiated.Transport
  ) async throws(ClientError) -> Connection {
    do throws(ClientError) {
      return try await shakeHands(in: conversation, over: transport)
    } catch {
      guard error.code == .rpc,
        case .modern(let negotiated)? = try? await probe(
          asked, in: conversation, over: transport, within: remaining)
      else { throw error }
      return (conversation, negotiated)
    }
  }

  // MARK: HTTP

  private func connectByHTTP(
    _ url: String, _ transport: ServerTarget.HTTPTransport
  ) async throws(ClientError) -> Connection {
    let client = try HTTPClient(options.http, connectTimeout: options.timeouts.connect)
    if transport == .sse { return try await connectBySSE(url, client) }
    let conversation = Conversation(
      with: target.name, over: HTTPTransport(to: url, client, options, switchboard.events), switchboard)
    do throws(ClientError) {
      if let asked = options.protocolChoice.modern,
        case .modern(let negotiated) = try await probe(
          asked, in: conversation, over: .streamableHTTP, within: remaining)
      {
        return (conversation, negotiated)
      }
      return try await shakeHands(in: conversation, over: .streamableHTTP)
    } catch {
      guard transport == .automatic, error.suggestsSSE, options.protocolChoice.allowsLegacy else {
        await conversation.transport.close()
        throw error
      }
      note("\(error.message); trying HTTP+SSE")
      do throws(ClientError) {
        return try await connectBySSE(url, client)
      } catch let second {
        note(second.message)
        throw error  // what Streamable HTTP said is nearer to what the caller meant
      }
    }
  }

  private func connectBySSE(_ url: String, _ client: HTTPClient) async throws(ClientError) -> Connection {
    guard options.protocolChoice.allowsLegacy else {
      client.close()
      throw ClientError(.invalidTarget, "HTTP+SSE has no revision of the modern era; use Streamable HTTP for that")
    }
    let channel: SSEChannel
    do throws(ClientError) {
      channel = try await SSEChannel.open(url, client, options, within: remaining)
    } catch {
      client.close()
      throw error
    }
    let transport = ChannelTransport(to: target.name, over: channel, options, events: switchboard.events) {
      ClientError(.disconnected, "\(target.name) has ended the event stream")
    }
    let conversation = Conversation(with: target.name, over: transport, switchboard)
    do throws(ClientError) {
      return try await shakeHands(in: conversation, over: .sse)
    } catch {
      await transport.close()
      throw error
    }
  }

  // MARK: Eras

  enum Era {
    case modern(Negotiated)
    case legacy
    case legacyAfterRestart
  }

  /// Finds out the server's era; with a pinned modern revision anything else is a failure.
  func probe(
    _ revision: Revision, in conversation: Conversation, over transport: Negotiated.Transport, within timeout: Duration,
    silentFor patience: Duration? = nil
  ) async throws(ClientError) -> Era {
    let medium: EraProbe.Medium = transport == .streamableHTTP ? .http : .channel
    var asked = revision
    for _ in 0..<2 {
      let outcome = await opening.discover(asked, in: conversation, within: timeout, silentFor: patience)
      switch EraProbe(server: target.name, medium: medium, asked: asked).verdict(on: outcome) {
      case .modern(let revision, let result):
        return .modern(
          Negotiated(revision: revision, transport: transport, result: result, sessionID: nil))
      case .retry(let other): asked = other
      case .failed(let error): throw error
      case .legacy: return try legacy(.legacy, after: outcome)
      case .legacyAfterRestart: return try legacy(.legacyAfterRestart, after: outcome)
      }
    }
    throw ClientError(.unsupportedRevision, "\(target.name) refuses the revision \(asked) it offers")
  }

  /// The server is legacy, which is fine unless the caller insists on a modern revision.
  private func legacy(_ era: Era, after outcome: Result<JSONObject, ClientError>) throws(ClientError) -> Era {
    guard case .revision(let pinned) = options.protocolChoice else { return era }
    switch outcome {
    case .failure(let error) where error.code != .rpc: throw error
    default:
      throw ClientError(
        .unsupportedRevision,
        "\(target.name) does not speak revision \(pinned); let the revision be chosen automatically")
    }
  }

  func shakeHands(
    in conversation: Conversation, over transport: Negotiated.Transport
  ) async throws(ClientError) -> Connection {
    let (revision, result) = try await opening.initialize(
      options.protocolChoice.legacy, in: conversation, within: remaining)
    let negotiated = Negotiated(
      revision: revision, transport: transport, result: result, sessionID: conversation.transport.sessionID)
    return (conversation, negotiated)
  }

  private var opening: Opening { Opening(server: target.name, options: options) }

  private func note(_ text: String) {
    options.onTrace?(.note(text))
    options.logger.debug(text)
  }
}

extension ClientError {
  /// Whether a server that answered a handshake so may know only the transport of 2024-11-05.
  ///
  /// Spec: 2026-07-28, basic/transports/streamable-http, "Backwards Compatibility".
  fileprivate var suggestsSSE: Bool {
    guard let status = httpStatus, (400..<500).contains(status) else { return false }
    switch rpcError?.code {
    case .headerMismatch?, .missingClientCapability?, .unsupportedProtocolVersion?: return false
    default: return code == .httpStatus || code == .rpc
    }
  }
}

extension ClientOptions.ProtocolChoice {
  /// Whether a revision with a handshake may be spoken.
  var allowsLegacy: Bool {
    if case .revision(let revision) = self { revision.era == .legacy } else { true }
  }

  /// The modern revision to try first; nil to go straight to the handshake.
  var modern: Revision? {
    switch self {
    case .automatic: .latest
    case .legacy: nil
    case .revision(let revision): revision.era == .modern ? revision : nil
    }
  }

  /// The revision to offer in the handshake.
  var legacy: Revision {
    if case .revision(let revision) = self, revision.era == .legacy { revision } else { .latestLegacy }
  }
}
