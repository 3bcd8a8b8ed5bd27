// SPDX-License-Identifier: Apache-2.0

// What a server's author writes handlers with comes along with `import MCPServeKit`.
@_exported public import JSONKit
@_exported public import MCPCore
@_exported public import Observability
