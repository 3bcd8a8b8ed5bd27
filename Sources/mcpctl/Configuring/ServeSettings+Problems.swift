// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import MCPConfig
import MCPServeKit

extension ServeSettings {
  /// What only who serves can say.
  var problems: [Problem] { toolProblems + addressProblems + keyProblems + clusterProblems }

  /// Where metrics are shown besides.
  var metricsAddress: HostAndPort? {
    config.text("metrics.address").flatMap { try? HostAndPort(argument: $0) }
  }

  private var addressProblems: [Problem] {
    var problems: [Problem] = []
    if let text = config.text("metrics.address") {
      do throws(CommandLineKit.ValueFault) {
        _ = try HostAndPort(argument: text)
      } catch {
        problems.append(fault("metrics.address", safeText(error.message), "write HOST:PORT, such as 127.0.0.1:9090"))
      }
    }
    for word in config.list("transport.trusted_proxies") where TrustedProxy(word) == nil {
      problems.append(
        fault(
          "transport.trusted_proxies", "'\(safeText(word))' is no address and no range of them",
          "write addresses such as 192.0.2.1 or 10.0.0.0/8"))
    }
    return problems
  }

  private var keyProblems: [Problem] {
    do throws(AuthorizationError) {
      _ = try AdminKey(adminKey)
      return []
    } catch {
      return [fault("auth.admin_key", error.message, "make one with `mcpctl keys new admin`")]
    }
  }

  /// The key for reloading; nil when there is none.
  var adminKey: String? { config.secret("auth.admin_key")?.reveal() }

  /// Whether there are files that may change while a server runs, or somebody may ask for that. Without any, SIGHUP ends the
  /// server as it ends other programs whose terminal is gone.
  func hasFiles(_ file: String?) -> Bool {
    file != nil || adminKey?.isEmpty == false || speaksTLS || config.text("auth.keys_file") != nil
      || !toolFolders.isEmpty
  }

  private func fault(_ path: String, _ message: String, _ remedy: String) -> Problem {
    let setting = config.setting(path)
    return Problem(.wrongType, setting?.origin.source ?? .words("default"), setting?.spelled ?? path, message, remedy)
  }
}
