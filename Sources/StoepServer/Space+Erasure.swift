import StoepStore

/// Erasing what is due, and seeing to it that what was erased is gone.
extension Space {
    /// Erases what the space keeps no longer, now and then.
    func eraseDue() async throws {
        while refusesNothing, try service.eraseDue() > 0 {
            purgeSoon()
            // Requests have their turn.
            await Task.yield()
        }
    }

    /// Looks every hour at what is due, until the space closes.
    func eraseDueHourly() {
        Task {
            while refusesNothing {
                do {
                    try await eraseDue()
                } catch {
                    service.log(.error, "erasing-by-term-failed", ["error": .error(error)])
                }
                try? await Task.sleep(for: .seconds(3600))
            }
        }
    }

    /// Whoever reads an older state keeps what was erased in the write-ahead log: until it is gone, this is tried again.
    func purgeSoon() {
        let store = service.store
        guard !isPurging, (try? store.isPurgeDue()) == true else { return }
        isPurging = true
        Task {
            try? await Task.sleep(for: .seconds(2))
            isPurging = false
            if refusesNothing { try? service.store.purgeIfDue() }
            purgeSoon()
        }
    }
}
