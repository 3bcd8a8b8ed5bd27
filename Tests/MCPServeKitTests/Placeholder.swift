// SPDX-License-Identifier: Apache-2.0
import Testing

@Suite struct MCPServeKitPlaceholder {
  @Test func builds() {}
}
