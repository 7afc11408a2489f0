import StoepModel
import StoepStore

/// A bundle written, taken in or looked at for a coordinator, a piece a step: between two of them requests have their
/// turn. What goes wrong with the file is an objection, which travels to the command by name.
struct BundleWork {
    private enum Work {
        case export(BundleExport)
        case take(BundleImport)
        case inspect(BundleReading)
    }

    private let store: Store
    private let work: Work

    /// - Parameter isRecovering: the store may have forgotten what was erased: it takes bundles and gives none.
    init(_ order: BundleOrder, _ store: Store, isRecovering: Bool) throws {
        if isRecovering, case .export = order.deed { throw Objection(.inRecovery) }
        self.store = store
        work = try Self.objecting {
            switch order.deed {
            case .export: .export(try BundleExport(store, to: order.path))
            case .take: .take(try BundleImport(order.path, into: store, as: nil))
            case .inspect: .inspect(try BundleReading(order.path, for: store))
            }
        }
    }

    /// False once it is done.
    func step() throws -> Bool {
        try Self.objecting {
            switch work {
            case .export(let export): try export.step()
            case .take(let taking): try taking.step()
            case .inspect(let reading): try reading.check(counting: true)
            }
        }
    }

    /// What came of it, once the last step was done.
    func finish() throws -> AdminResponse {
        try Self.objecting {
            switch work {
            case .export(let export): return .bundleWritten(WrittenBundle(try export.finish()))
            case .take(let taking): return .bundleTaken(TakenBundle(taking.taken))
            case .inspect(let reading):
                try store.write { try store.audit("bundle inspect") }
                return .bundleContents(ListedBundle(reading.contents))
            }
        }
    }

    private static func objecting<T>(_ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch StoreError.bundle(let error) {
            throw Objection(error)
        } catch StoreError.fileInTheWay(let path) {
            throw Objection(.fileInTheWay, path)
        } catch StoreError.file(let path, let code) {
            throw Objection(.fileUnusable, path, String(code))
        }
    }
}
