// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore

extension Conversation {
  /// Subscribes to a resource, or ends that, when the handler allows it.
  ///
  /// Spec: 2025-11-25, server/resources, "Subscriptions".
  func subscribe(_ request: Request, _ sink: any NotificationSink) async throws(RPCError) -> Response? {
    let context = try legacyContext(of: request, sink)
    let limits = service.limits
    guard case .string(let uri)? = request.params["uri"] else { throw .invalidParams("uri must be a string") }
    guard uri.utf8.count <= limits.subscribedURI else {
      throw .invalidParams("uri is longer than \(limits.subscribedURI) bytes, the limit for subscriptions")
    }
    let response = await answer(request, in: context)
    guard case .success? = response?.outcome else { return response }
    if request.method == .resourcesUnsubscribe {
      peer.unsubscribe(uri)
    } else if !peer.subscribe(uri, limit: limits.subscriptions) {
      throw RPCError(
        .invalidRequest,
        "the session has \(limits.subscriptions) subscriptions, the limit: end one with "
          + "\(Method.resourcesUnsubscribe)")
    }
    return response
  }
}

extension Method {
  /// What has to be remembered with the session once it was answered.
  var changesSession: Bool {
    switch self {
    case .setLogLevel, .resourcesSubscribe, .resourcesUnsubscribe: true
    default: false
    }
  }
}
