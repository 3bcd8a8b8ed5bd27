// SPDX-License-Identifier: Apache-2.0
public import JSONKit

/// Whether calls of a tool may go on as tasks (schema of 2025-11-25: `ToolExecution`).
public enum TaskSupport: String, Sendable, Hashable, CaseIterable {
  /// Never.
  case forbidden
  /// When the client wants it.
  case optional
  /// Always: there is no other way to call it.
  case required
}

extension TasksExtension {
  /// Whether `capabilities` declare it.
  public static func isDeclared(in capabilities: JSONObject) -> Bool {
    capabilities["extensions"]?[name]?.object != nil
  }

  /// Capabilities that declare it and nothing else.
  public static let declaration: JSONObject = ["extensions": .object([name: [:]])]
}

extension Tool {
  /// Whether it may be called as a task. Listed as `execution` in revision 2025-11-25; later ones do not say.
  public var taskSupport: TaskSupport {
    get { more["execution"]?["taskSupport"]?.string.flatMap(TaskSupport.init) ?? .forbidden }
    set {
      var execution = more["execution"]?.object ?? [:]
      execution["taskSupport"] = newValue == .forbidden ? nil : .string(newValue.rawValue)
      more["execution"] = execution.isEmpty ? nil : .object(execution)
    }
  }
}
