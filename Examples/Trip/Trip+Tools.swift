// SPDX-License-Identifier: Apache-2.0
import MCPServeKit

/// No such city is known.
struct UnknownCity: Error, CustomStringConvertible {
  let city: String
  var description: String { "no city is called \(city); try Oslo, Rome or Tokyo" }
}

extension Trip {
  static let cities = ["Oslo": "harbour", "Rome": "forum", "Tokyo": "gardens"]

  @FeatureBuilder static var tools: [Feature] {
    ServerTool("sight", "What to see in a city.", Parameter<String>("city", "City name.")) { context, city in
      guard let sight = cities[city] else { throw UnknownCity(city: city) }
      return .text(sight)
    }.onLoop

    ServerTool("search", "Searches trains.", Parameter<String>("city", "City name.")) { context, city in
      let operators = ["north", "south", "express"]
      for (done, name) in operators.enumerated() {
        await context.progress(Double(done), of: Double(operators.count), "asking \(name)")
        await context.log(.debug, ["operator": .string(name), "city": .string(city)])
        try await Task.sleep(for: .milliseconds(10))
      }
      return .structured(["city": .string(city), "trains": 2])
    }
    .timeLimit(.seconds(60))

    ServerTool("cancel", "Cancels a booking.", Parameter<Int>("number", "The booking's number.")) { context, number in
      guard number > 0 else { throw RPCError.invalidParams("number must be above 0") }
      return .error("booking \(number) was made elsewhere; cancel it there")
    }
  }
}
