// SPDX-License-Identifier: Apache-2.0
import MCPServeKit

extension Trip {
  @FeatureBuilder static func askingTools(_ bookings: Bookings) -> [Feature] {
    ServerTool("book", "Books a hotel.", Parameter<String>("city", "City name.")) { context, city in
      let stay = Elicitation.Form(
        "How many nights in \(city)?", .init("nights", .integer(in: 1...14), default: 2),
        .init("room", .one(["single", "double"]), default: "single"))
      let answer = try await context.elicit(stay)
      guard answer.isAccepted, let nights = answer["nights"]?.int else { return .text("nothing booked") }

      let sure = try await context.elicit(.confirmation("Book \(nights) nights in \(city)?"))
      guard sure["confirm"]?.bool == true else { return .text("nothing booked") }

      let number = await bookings.add("\(city), \(nights) nights")  // after the last question
      return .text("booking \(number): \(city), \(nights) nights")
    }

    ServerTool("suggest", "Suggests what to do.", Parameter<String>("city", "City name.")) { context, city in
      guard context.supports(.sampling) else { return .text("walk around") }
      let question = Sampling.Request([.user("One thing to do in \(city)?")], maxTokens: 100)
      return .text(try await context.sample(question).text)
    }
  }
}
