import StoepModel
import StoepStore
import StoepTestSupport

extension FailingLaptop {
    /// What a laptop does, of which any call to the disk may fail.
    enum Deed: CaseIterable {
        case record, recordMany, recordLong, recordInTwoLogs, edit, editText, delete, erase, keepDraft, takeDrafts
        case push, pull, purge, bundleOut, bundleIn, index, search, list, checkpoint, reopen, rebuild
    }

    /// What has to be there before; on a disk that is well.
    func prepare(_ deed: Deed) throws {
        subject = nil
        switch deed {
        case .edit, .editText, .delete, .erase, .list: subject = try some().id
        case .push, .bundleOut, .search, .rebuild, .checkpoint, .reopen: _ = try some()
        case .index:
            let words = words()
            try recording([words]) { try opened.save([.conversation(words)]) }
        case .pull: try colleagueRecords(3)
        case .bundleIn:
            try colleagueRecords(3)
            let export = try BundleExport(colleague, to: bundlePath)
            while try export.step() {}
            _ = try export.finish()
        case .purge:
            if theirs.isEmpty {
                try colleagueRecords(20)
                try space.sync(opened)
                arrived()
            }
            guard let id = theirs.min() else { return }
            theirs.remove(id)
            let entry = try space.hub.read { try space.hub.entry(toErase: id) }
            try space.hub.write { try space.hub.erase(entry) { _ in } }
            while try space.hub.foldSome() {}
            subject = id
            doomed = expected[id]?.compactMap { $0 }.min()
            awaited[id] = .some(nil)
        case .takeDrafts: try recordDraft()
        case .record, .recordMany, .recordLong, .recordInTwoLogs, .keepDraft: break
        }
    }

    private func colleagueRecords(_ count: Int) throws {
        for _ in 0..<count {
            let words = words()
            let id = try colleague.save([.conversation(words)])[0]
            theirs.insert(id)
            awaited[id] = words
        }
        try space.sync(colleague)
    }

    /// - Throws: what the store says of a disk that fails.
    func perform(_ deed: Deed) throws {
        let store = try opened
        switch deed {
        case .record: try record([words()])
        case .recordMany: try record((0..<30).map { _ in words() })
        case .recordLong: try record([words() + String(repeating: " hoor en wederhoor", count: 4000)])
        case .recordInTwoLogs:
            let words = words()
            try recording([words]) {
                Array(try store.save([.conversation(words), .theme("iets anders, voor \(words.count)")]).prefix(1))
            }
        case .edit, .editText: try edit(store, isOfPlace: deed == .edit)
        case .delete, .erase: try end(store, erasing: deed == .erase)
        case .keepDraft: try recordDraft()
        case .takeDrafts:
            _ = try store.saveDrafts { draft in
                let words = String(decoding: draft, as: UTF8.self)
                _ = try store.saveInTransaction([.conversation(words)])
            }
        case .push, .pull, .purge: try sync(store)
        case .bundleOut:
            let export = try BundleExport(store, to: bundlePath + "-out")
            while try export.step() {}
            _ = try export.finish()
        case .bundleIn:
            let taking = try BundleImport(bundlePath, into: store, as: try store.owner(of: store.keys.publicKey))
            while try taking.step() {}
            arrived()
        case .index: while try store.indexSome() {}
        case .search: try search(store)
        case .list: _ = try shown(store)
        case .checkpoint: try store.checkpoint()
        case .reopen:
            close()
            _ = try shown(opened)
        case .rebuild: _ = try store.rebuild()
        }
    }

    private func record(_ all: [String]) throws {
        try recording(all) { try opened.save(all.map { .conversation($0) }) }
    }

    private func edit(_ store: Store, isOfPlace: Bool) throws {
        guard let subject, case let old?? = expected[subject]?.first else { return }
        if isOfPlace {
            try store.save([.edit(subject, [.set(Field.Conversation.place, .text("Zwaanshals"))])])
        } else {
            let new = old + " en nog iets"
            try changing(subject, to: new) {
                try store.save([.edit(subject, [.text(Field.Conversation.words, new)])])
            }
        }
    }

    private func end(_ store: Store, erasing: Bool) throws {
        guard let subject, let street, case let old?? = expected[subject]?.first else { return }
        try changing(subject, to: nil) {
            let ending: RecordEdit.Ending = erasing ? .erase(successor: nil) : .delete
            try store.save([RecordEdit(log: street, target: .existing(subject), fields: [], ending: ending)])
        }
        if erasing, try !store.isPurgeDue() { isErased(old) }
    }

    private func sync(_ store: Store) throws {
        let run = try space.sync(store)
        if let failure = run.failure { throw failure }
        arrived()
        // What a reader might hold up is destroyed by now: nobody reads.
        if let doomed, try !store.isPurgeDue() { isErased(doomed) }
        doomed = nil
    }

    private func recordDraft() throws {
        let words = words()
        drafted[words] = false
        _ = try opened.keepDraft(Array(words.utf8))
        drafted[words] = true
    }

    private func search(_ store: Store) throws {
        let scope = SearchScope(logs: [.roster, .square] + [street].compactMap { $0 }, limit: 20)
        guard let query = try store.searchQuery(["gesprek"]) else { return }
        _ = try store.read { try store.search(query, in: scope) }
    }
}
