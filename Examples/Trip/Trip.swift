// SPDX-License-Identifier: Apache-2.0
import MCPServeKit

/// The server of docs/writing-a-server.md: plans journeys, and asks while it does.
///
///     Trip                         serves over standard input and output
///     Trip 8000                    serves at http://127.0.0.1:8000/mcp, to this machine
///     Trip 8000 trip.example.com   serves on all addresses, behind that name
///     Trip 8000 trip.example.com https://login.example.com
///                                  the same, to callers with a token of that issuer
@main struct Trip {
  static func main() async throws {
    let bookings = Bookings()
    let server = try Server(name: "trip", version: "1.0", instructions: "Books journeys.", options: options) {
      tools
      askingTools(bookings)
      resources(bookings)
    }
    let words = CommandLine.arguments.dropFirst()
    if words.count == 3 {
      let authorization = try authorization(words[3], name: words[2])
      await Service(server, authorization: authorization).run(transport(words))
    } else {
      await server.run(transport(words)) { listening in
        print("serving at \(listening.addresses.joined(separator: ", "))")
      }
    }
  }

  static var options: Server.Options {
    var options = Server.Options()
    options.requestTimeLimit = .seconds(20)
    return options
  }

  static func transport(_ words: ArraySlice<String>) -> Transport {
    guard let port = words.first.flatMap({ UInt16($0) }) else { return .stdio }
    guard let name = words.dropFirst().first else { return .http(port: port) }
    var options = HTTPOptions(host: "0.0.0.0", port: port)
    options.allowedHosts = [name]
    options.allowedOrigins = ["https://\(name)"]
    return .http(options)
  }
}
