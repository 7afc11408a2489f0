import Dispatch

/// A dispatch source that may be paused and resumed any number of times. Dispatch traps when a suspended
/// source is released or one is resumed too often; this keeps count.
final class EventSource {
    private let source: any DispatchSourceProtocol
    private var isPaused = true
    private var isCancelled = false

    /// Starts paused. `onCancel` runs once, on the source's queue, when no event can come any more: only then
    /// may a descriptor be closed.
    init(
        _ source: any DispatchSourceProtocol, onEvent: @escaping () -> Void, onCancel: @escaping () -> Void = {}
    ) {
        self.source = source
        source.setEventHandler(handler: onEvent)
        source.setCancelHandler(handler: onCancel)
    }

    func resume() {
        guard isPaused, !isCancelled else { return }
        isPaused = false
        source.resume()
    }

    func pause() {
        guard !isPaused, !isCancelled else { return }
        isPaused = true
        source.suspend()
    }

    func cancel() {
        guard !isCancelled else { return }
        isCancelled = true
        source.cancel()
        // A paused source would never run its cancel handler, and trap when released.
        if isPaused { source.resume() }
    }

    deinit {
        if !isCancelled {
            source.cancel()
            if isPaused { source.resume() }
        }
    }
}
