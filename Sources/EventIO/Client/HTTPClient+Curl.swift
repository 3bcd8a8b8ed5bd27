// SPDX-License-Identifier: Apache-2.0
import CCurl

extension HTTPClient.Request {
  /// Calls `body` with the request in C's form, valid during the call.
  func withCurlRequest<Result>(
    _ options: HTTPClient.Options, _ body: (UnsafePointer<ccurl_request>) -> Result
  ) -> Result {
    // An empty `Expect` keeps libcurl from waiting for `100 Continue` before it sends a large body.
    let headers = CStrings(
      ["Expect:"] + self.headers.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" })
    let resolve = CStrings(options.resolve)
    let texts = [method.rawValue, url]
    let files = [options.certificateAuthorities, options.certificate, options.key]
    return CStrings(texts + files.map { $0 ?? "" }).withPointers { texts in
      headers.withPointers { headers in
        resolve.withPointers { resolve in
          (self.body ?? []).withUnsafeBytes { bytes in
            var request = ccurl_request()
            func file(_ index: Int) -> UnsafePointer<CChar>? {
              files[index] == nil ? nil : UnsafePointer(texts?[2 + index])
            }
            request.method = UnsafePointer(texts?[0])
            request.url = UnsafePointer(texts?[1])
            request.headers = UnsafeRawPointer(headers)?.assumingMemoryBound(to: UnsafePointer<CChar>?.self)
            request.resolve = UnsafeRawPointer(resolve)?.assumingMemoryBound(to: UnsafePointer<CChar>?.self)
            request.body = self.body == nil ? nil : bytes.baseAddress ?? UnsafeRawPointer(texts)
            request.body_count = bytes.count
            request.is_repeatable = isRepeatable ? 1 : 0
            request.connect_timeout = options.connectTimeout.wholeMilliseconds
            request.total_timeout = totalTimeout?.wholeMilliseconds ?? 0
            request.ca_file = file(0)
            request.certificate = file(1)
            request.key = file(2)
            request.accepts_any_certificate = options.acceptsAnyCertificate ? 1 : 0
            return body(&request)
          }
        }
      }
    }
  }
}

extension Duration {
  /// In milliseconds for C, rounded up, at least 1.
  var wholeMilliseconds: Int {
    let (seconds, attoseconds) = components
    let rest = (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    return max(1, Int(clamping: seconds) * 1000 + Int(rest))
  }
}
