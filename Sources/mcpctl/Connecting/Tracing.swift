// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import EventIO
import Observability

/// Sends spans where the environment says.
enum Tracing {
  /// What sends spans; nil when nobody wants them.
  static func exporter(_ console: Console, endpoint: String? = nil, logger: Logger) throws -> SpanExporter? {
    do throws(TracingFault) {
      let options = try TracingOptions(
        console.environment, endpoint: endpoint, service: "mcpctl", version: Version.number)
      return options.map { SpanExporter($0, scope: ("mcpctl", Version.number), logger: logger) }
    } catch {
      throw Failure(.usage, "tracing", error.message)
    }
  }
}
