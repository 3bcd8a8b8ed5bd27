// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit

/// Which servers answer for each other.
struct ClusterOptions: OptionGroup {
  @Option(
    "Keep legacy sessions in this Redis, so that any server finds them; see `mcpctl help cluster`. A password comes from "
      + "the environment or the file.", value: "URL", environment: ["REDIS_ADDRESS"])
  var redis: String?
  @Option(
    "Name of this server among those that share its Redis. Default the name of the machine.", value: "NAME",
    environment: ["NODE_NAME"])
  var nodeName: String?

  /// The options that only make sense over HTTP.
  static let overHTTP = ["redis", "node-name"]
}
