// SPDX-License-Identifier: Apache-2.0

extension ConfigKey {
  static let watching: [ConfigKey] = [
    ConfigKey(
      "logging.level", .choice(levels, others: ["warn": "warning"]),
      "Least level that is logged; info over HTTP and off over stdio when not set.",
      aliases: ["log.level", "log_level"], environment: ["MCP_LOG_LEVEL"], flag: "log-level", change: .live),
    ConfigKey(
      "logging.format", .choice(["text", "json"]), "How log lines look.", standard: "text", aliases: ["log.format"],
      environment: ["MCP_LOG_FORMAT"], flag: "log-format"),
    ConfigKey(
      "logging.output", .output, "Where log lines go; to a file they are added.", standard: "stderr",
      aliases: ["log.output"], environment: ["MCP_LOG_OUTPUT"]),
    ConfigKey(
      "logging.access_log", .output, "File that gets a line for each HTTP request; - is standard output.",
      aliases: ["log.access_log"], flag: "access-log"),
    ConfigKey("metrics.enabled", .boolean, "Whether there are metrics.", standard: "true"),
    ConfigKey("metrics.path", .route, "Path of the metrics.", standard: "/metrics"),
    ConfigKey(
      "metrics.address", .text,
      "Address of its own, HOST:PORT, for metrics, /health and /ready; when not set, metrics are beside a service that "
        + "listens on loopback, and nowhere else.",
      aliases: ["metrics.addr"], environment: ["MCP_METRICS_ADDR"], flag: "metrics-addr"),
    ConfigKey(
      "tracing.endpoint", .url(["http", "https"]),
      "Trace collector that takes OTLP over HTTP; nothing is traced when not set.",
      aliases: ["tracing.otlp_endpoint", "otlp.endpoint"], environment: ["OTEL_EXPORTER_OTLP_ENDPOINT"],
      flag: "otlp-endpoint"),
  ]
}
