// SPDX-License-Identifier: Apache-2.0

/// Runs `body` on a pool's threads; the caller, meanwhile suspended, goes on where it was.
///
/// Ordinary actors and nonisolated code that `body` calls stay on the pool too. Cancelling the caller cancels `body`.
/// - Throws: what `body` throws, or `CancellationError` when the caller is cancelled before `body` begins.
package func run<Result: Sendable>(
  on pool: HandlerPool, _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
  try await withTaskExecutorPreference(pool) { try await runConcurrently(body) }
}

/// `@concurrent` leaves the caller's actor, so that the preferred executor takes over.
@concurrent
private func runConcurrently<Result: Sendable>(_ body: @Sendable () async throws -> Result) async throws -> Result {
  // Something has to be done here before `body`: Swift 6.3 drops the change of executor when only a call of
  // caller-isolated code follows, and `body` would run on the caller's thread.
  try Task.checkCancellation()
  return try await body()
}
