// SPDX-License-Identifier: Apache-2.0
@main struct ConformanceClient {
  static func main() {}
}
