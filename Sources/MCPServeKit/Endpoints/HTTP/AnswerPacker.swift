// SPDX-License-Identifier: Apache-2.0
import EventIO

/// Makes large JSON bodies smaller for clients that can read gzip. Event streams are never packed: what is held back until
/// enough has come together arrives late.
struct AnswerPacker: Sendable {
  /// From how many bytes on it is worth it.
  private let least: Int
  private let pool: HandlerPool

  /// Bodies that are longer are packed on a thread of their own.
  private static let quick = 16 * 1024

  /// Nil when nothing is to be packed.
  init?(_ options: HTTPOptions) {
    guard let least = options.compressedFrom else { return nil }
    self.least = least
    pool = HandlerPool(name: "gzip", maximumThreads: max(2, options.threads))
  }

  /// Whether an answer is to be packed.
  func packs(_ answer: HTTPAnswer, _ terms: EdgeTerms) -> Bool {
    terms.acceptsGzip && answer.body.count >= least && answer.isJSON
  }

  /// Whether packing it keeps nobody waiting.
  func isQuick(_ answer: HTTPAnswer) -> Bool { answer.body.count <= Self.quick }

  /// The answer, packed when that makes it smaller.
  func packed(_ answer: HTTPAnswer) -> HTTPAnswer { answer.with(packed: Gzip.packed(answer.body)) }

  /// The same on a thread of the pool.
  func packedElsewhere(_ answer: HTTPAnswer) async -> HTTPAnswer {
    let body = answer.body
    guard let packed = try? await run(on: pool, { Gzip.packed(body) }) else { return answer }
    return answer.with(packed: packed)
  }
}

extension HTTPAnswer {
  fileprivate var isJSON: Bool {
    headers.withValue(of: "content-type") { $0.isSame("application/json", in: 0..<$0.count) } ?? false
  }

  fileprivate func with(packed body: [UInt8]?) -> HTTPAnswer {
    var headers = headers
    headers.add("Vary", "Accept-Encoding")
    guard let body else { return HTTPAnswer(status, headers, body: self.body, sequel: sequel) }
    headers.add("Content-Encoding", "gzip")
    return HTTPAnswer(status, headers, body: body, sequel: sequel)
  }
}
