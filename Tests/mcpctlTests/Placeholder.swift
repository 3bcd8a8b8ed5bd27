// SPDX-License-Identifier: Apache-2.0
import Testing

@Suite struct mcpctlPlaceholder {
  @Test func builds() {}
}
