// SPDX-License-Identifier: Apache-2.0
import EventIO
public import JSONKit
public import MCPCore

extension Client {
  /// How a task is.
  public func task(_ id: String) async throws(ClientError) -> TaskState {
    let result = try await request(.tasksGet, ["taskId": .string(id)], options: RequestOptions(asTask: true))
    return try taskState(result, .tasksGet)
  }

  /// Asks the server to end a task early. The modern era only takes note of that: look at the task again.
  public func cancelTask(_ id: String) async throws(ClientError) {
    _ = try await request(.tasksCancel, ["taskId": .string(id)], options: RequestOptions(asTask: true))
  }

  /// All tasks of ours (2025-11-25; later revisions have no such list).
  public func listTasks() async throws(ClientError) -> [TaskState] {
    let result = try await list(.tasks)
    var tasks: [TaskState] = []
    for json in result["tasks"]?.array ?? [] { tasks.append(try taskState(json.object ?? [:], .tasksList)) }
    return tasks
  }

  /// Gives a task what it waits for: an answer for each key of its `inputRequests` (Tasks extension).
  public func updateTask(_ id: String, _ answers: JSONObject) async throws(ClientError) {
    _ = try await request(
      .tasksUpdate, ["taskId": .string(id), "inputResponses": .object(answers)],
      options: RequestOptions(asTask: true))
  }

  /// Waits until a task has ended, looking as often as the server suggests and answering what it asks, and returns the
  /// result of the request it was made for.
  /// - Throws: `ClientError` `.rpc` with the error the task ended with, `.taskCancelled` when it was ended early. On a
  ///   time-out or cancellation the task is cancelled, unless the options keep it.
  public func result(
    ofTask id: String, options request: RequestOptions = RequestOptions()
  ) async throws(ClientError) -> JSONObject {
    let waiting = TaskWaiting(client: self, id: id, options: request)
    let limit = request.totalTimeout ?? options.timeouts.total
    let outcome = await within(limit) { () async -> Result<JSONObject, ClientError> in
      do throws(ClientError) { return .success(try await waiting.run()) } catch { return .failure(error) }
    }
    let failure = ClientError(.timeout, "\(serverName) did not finish the task within \(limit)")
    let result = outcome ?? .failure(failure)
    if case .failure(let error) = result, [.timeout, .cancelled].contains(error.code), !request.keepsTask {
      // However our own task fares: the server is to know.
      await Task { [self] in try? await cancelTask(id) }.value
    }
    return try result.get()
  }

  func taskState(_ json: JSONObject, _ method: Method) throws(ClientError) -> TaskState {
    do throws(InvalidShape) {
      return try TaskState(json: json)
    } catch {
      throw ClientError(.invalidResponse, "\(serverName) answered \(method) with a bad task: \(error.message)")
    }
  }
}
