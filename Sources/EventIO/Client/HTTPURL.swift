// SPDX-License-Identifier: Apache-2.0
import CCurl
import Glibc

/// The few questions about URLs a client has, answered by libcurl.
package enum HTTPURL {
  /// `scheme://host:port` of an `http` or `https` URL, the port always there; nil when it is none.
  package static func origin(of url: String) -> String? {
    guard ccurl_load() == nil, let origin = take(ccurl_origin(url)) else { return nil }
    return origin.hasPrefix("http://") || origin.hasPrefix("https://") ? origin : nil
  }

  /// `reference`, which may be relative, seen from `base`; nil when there is no such URL.
  package static func resolve(_ reference: String, from base: String) -> String? {
    ccurl_load() == nil ? take(ccurl_absolute(base, reference)) : nil
  }

  /// `url` for messages and logs: without what may be secret, its user part and its query.
  package static func shown(_ url: String) -> String {
    let place = url.prefix { $0 != "?" && $0 != "#" }
    var parts = place.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
    if parts.count > 2, let at = parts[2].lastIndex(of: "@") { parts[2] = parts[2][parts[2].index(after: at)...] }
    return parts.joined(separator: "/") + (place.endIndex == url.endIndex ? "" : "?…")
  }

  /// `host:port` for messages, or the URL itself when it is none.
  static func place(of url: String) -> String {
    let url = shown(url)
    guard let origin = origin(of: url), let slashes = origin.firstIndex(of: "/") else { return url }
    return String(origin[origin.index(slashes, offsetBy: 2)...])
  }

  private static func take(_ text: UnsafeMutablePointer<CChar>?) -> String? {
    guard let text else { return nil }
    defer { free(text) }
    return String(cString: text)
  }
}
