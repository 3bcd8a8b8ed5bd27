// SPDX-License-Identifier: Apache-2.0

// What a client's author reads results and names methods with comes along with `import MCPClientKit`.
@_exported public import JSONKit
@_exported public import MCPCore
@_exported public import Observability
