// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import MCPServeKit

/// What stands between a server over HTTP and the world: browsers and proxies.
struct EdgeOptions: OptionGroup {
  @Option("Web origin that may call, besides those of this machine.", value: "ORIGIN") var allowOrigin: [String]
  @Option("Name this server is called by in Host, besides those of this machine.", value: "NAME")
  var allowHost: [String]
  @Flag("Let browsers send cookies and client certificates along, for the origins of --allow-origin.")
  var corsCredentials: Bool
  @Option("For how long browsers remember what an origin may do.", value: "DURATION")
  var corsMaxAge = Duration.seconds(300)
  @Option(
    "Proxy, as 192.0.2.1 or 10.0.0.0/8, that is believed what X-Forwarded-For, -Proto, -Host, -Port and -Prefix say.",
    value: "CIDR")
  var trustedProxy: [ProxyRange]
  @Option("Have browsers use https:// alone for this long.", value: "DURATION") var hsts: Duration?
  @Option(
    "Compress JSON of this size or more for clients that can read gzip. Default never: see docs/security.md.",
    value: "SIZE")
  var compressFrom: ByteCount?
}

/// Proxies that are believed.
struct ProxyRange: ArgumentValue {
  let proxy: TrustedProxy

  init(argument word: String) throws(ValueFault) {
    guard let proxy = TrustedProxy(word) else {
      throw ValueFault("'\(word)' is no address and no range of them, such as 192.0.2.1 or 10.0.0.0/8")
    }
    self.proxy = proxy
  }
  var shown: String? { proxy.description }
}
