// SPDX-License-Identifier: Apache-2.0
@main struct EverythingServer {
  static func main() {}
}
