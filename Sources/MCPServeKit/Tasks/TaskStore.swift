// SPDX-License-Identifier: Apache-2.0

/// Keeps tasks for as long as they live. Every store passes the same tests.
///
/// A task is forgotten when its lifetime is over, whether it has ended or not.
public protocol TaskStore: Sendable {
  /// Keeps a new task. Once it returns, the task is found.
  /// - Throws: `TaskStoreError` `.full` when there are too many.
  func insert(_ task: TaskRecord) async throws
  /// The task of that id; nil when there is none, or no longer.
  func task(_ id: String) async throws -> TaskRecord?
  /// Changes a task, alone: `change` sees the newest version and says whether it has changed anything. It may be called
  /// again when somebody was faster.
  /// - Returns: the task as it then is; nil when there is none.
  /// - Throws: `TaskStoreError` `.full` when it has grown too large, and then it is as before. It can always be cancelled, or fail.
  func change(_ id: String, _ change: @Sendable (inout TaskRecord) -> Bool) async throws -> TaskRecord?
  /// Waits until a task has a version after `version`.
  /// - Returns: the task; nil when it is gone.
  /// - Throws: `CancellationError` when the task that waits is cancelled.
  func task(_ id: String, after version: Int) async throws -> TaskRecord?
  /// The owner's tasks that come after `cursor`, oldest first, at most `count`, and where to go on when there are more.
  /// - Throws: `TaskStoreError` `.badCursor` for one that was never given out.
  func tasks(of owner: TaskOwner, after cursor: String?, count: Int) async throws -> (
    tasks: [TaskRecord], next: String?
  )
  /// Whether other servers change the same tasks.
  var isShared: Bool { get }
}

extension TaskStore {
  /// One server's alone.
  public var isShared: Bool { false }
}

/// Why a task cannot be kept or found.
public struct TaskStoreError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of fault. Open: new kinds may be added.
  public struct Code: RawRepresentable, Sendable, Hashable {
    /// The code for programs.
    public let rawValue: String
    /// Makes a code.
    public init(rawValue: String) { self.rawValue = rawValue }
    /// There are too many tasks, or they are too large.
    public static let full = Code(rawValue: "full")
    /// The id is in use.
    public static let duplicate = Code(rawValue: "duplicate")
    /// The store cannot be asked now.
    public static let unavailable = Code(rawValue: "unavailable")
    /// What is kept cannot be read.
    package static let malformed = Code(rawValue: "malformed")
    /// No page begins there.
    public static let badCursor = Code(rawValue: "bad_cursor")
  }

  /// The kind of fault.
  public let code: Code
  /// Says what is wrong and what to do about it.
  public let message: String

  /// Makes an error.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The message.
  public var description: String { message }
}
