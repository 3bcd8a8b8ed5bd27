// SPDX-License-Identifier: Apache-2.0
import MCPServeKit

@main struct Weather {
  static func main() async throws {
    let server = try Server(name: "weather", version: "1.0") {
      ServerTool(
        "forecast", "Daily forecast for a city.",
        Parameter<String>("city", "City name."),
        Parameter<Int>("days", "Days ahead.", default: 3).minimum(1).maximum(14)
      ) { context, city, days in
        .text("\(city), \(days) days")
      }
    }
    await server.run(.stdio)
  }
}
