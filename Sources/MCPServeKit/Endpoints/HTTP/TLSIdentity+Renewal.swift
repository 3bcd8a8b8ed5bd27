// SPDX-License-Identifier: Apache-2.0
import EventIO
import Observability

extension TLSIdentity {
  /// Looks at the files now and then, and takes them up when they have changed. Ends when it is cancelled.
  func keepCurrent(_ logger: Logger) async {
    warn(logger)
    guard let reloadTime else { return }
    while (try? await Task.sleep(for: reloadTime)) != nil { renew(logger) }
  }

  private func renew(_ logger: Logger) {
    do throws(IOError) {
      guard try keeper.reloadIfChanged() else { return }
      logger.info("certificate renewed", [("file", keeper.files.certificate)])
      warn(logger)
    } catch {
      logger.error("certificate not renewed, the old one is kept", [("error", error.message)])
    }
  }

  private func warn(_ logger: Logger) {
    for warning in warnings { logger.warning(warning) }
  }
}
