// SPDX-License-Identifier: Apache-2.0
import MCPServeKit

/// What was booked, by number from 1 on.
actor Bookings {
  private var list: [String] = []

  func add(_ booking: String) -> Int {
    list.append(booking)
    return list.count
  }

  subscript(number: Int) -> String? { list.indices.contains(number - 1) ? list[number - 1] : nil }
}

extension Trip {
  @FeatureBuilder static func resources(_ bookings: Bookings) -> [Feature] {
    ServerResource(
      Resource(uri: "trip://terms", name: "terms", description: "Terms of booking.", mimeType: "text/plain"),
      text: "Bookings can be cancelled for a day.")

    ServerResource(
      template: ResourceTemplate(
        uriTemplate: "trip://bookings/{number}", name: "booking", description: "One booking.", mimeType: "text/plain")
    ) { context, uri, variables in
      guard let number = variables["number"].flatMap({ Int($0) }), let booking = await bookings[number] else {
        throw RPCError.resourceNotFound(uri)
      }
      return [ResourceContents(uri: uri, text: booking)]
    }
  }
}
