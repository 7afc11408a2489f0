import StoepMerge
import StoepModel
import StoepStore

extension Replica {
    /// Looks for words in all that is held here and that this member may read. What was saved before is found, however
    /// far the index is; what is deleted, hidden or erased is not.
    /// - Parameters:
    ///   - request: the words, and where to look.
    ///   - progress: is told how many records are yet to be indexed, as long as there are any.
    /// - Throws: `nothingToSearch`, `tooLong`, `unknownArea`, `ambiguousArea`, and the errors of the store.
    public func search(
        _ request: SearchRequest, progress: (Int) -> Void = { _ in }
    ) throws(ReplicaError) -> SearchAnswer {
        try ReplicaError.naming {
            let count = request.words.reduce(0) { $0 + $1.utf8.count }
            guard count <= Limits.searchBytes else { throw ReplicaError.tooLong(field: "search", limit: Limits.searchBytes) }
            try indexAll(progress)
            return try store.read {
                guard let query = try store.searchQuery(request.words) else { throw ReplicaError.nothingToSearch }
                var scope = SearchScope(logs: try readableLogs(), limit: request.limit)
                scope.area = try request.area.map { try area(meaning: $0).code }
                scope.period = request.period
                var people = People(self)
                let (found, hasMore) = try store.search(query, in: scope)
                return SearchAnswer(hits: try found.map { try hit($0, &people) }, hasMore: hasMore)
            }
        }
    }

    /// For the end of a command, whichever it was: destroys what a process that was killed, or somebody who read, kept an
    /// erasure from destroying, and brings the index closer to what is held, once enough is behind to be worth it. A bounded
    /// part of it; what cannot be written now is left to the next one.
    public func tidyUp() {
        try? store.purgeIfDue()
        guard (try? store.isSearchBehind(by: 256)) == true else { return }
        for _ in 0..<2 { if (try? store.indexSome()) != true { return } }
    }

    /// Where another process writes, or the disk is full, the search looks through what is behind itself.
    private func indexAll(_ progress: (Int) -> Void) throws {
        do {
            while try store.indexSome() { progress(try store.searchBehindCount()) }
        } catch StoreError.busy, StoreError.full, StoreError.disk {}
    }

    /// Before the roster came, what the invitation promised.
    func readableLogs() throws -> [LogID] {
        if try store.role(of: member) != nil { return try store.readableLogs(member) }
        return try store.logs().filter { try !$0.kind.isPartitioned || mayRecord($0) }
    }

    private func hit(_ found: SearchFound, _ people: inout People) throws -> SearchHit {
        let state = found.state
        let definition = try definition(state)
        let code = SearchedFields.areas[definition.number].flatMap { state.string($0) }
        return SearchHit(
            id: state.id, collection: definition.name, log: found.log,
            time: Timestamp(milliseconds: UInt64(clamping: found.time)), area: try code.map { try area(code: $0) },
            by: try people.member(state.creation?.member), name: state.name(in: definition.number),
            matches: found.places.map(SearchHit.Match.init))
    }
}

extension SearchHit.Match {
    /// Bytes that are shown of a text, about: before what is found first, and in all.
    private static let lead = 40
    private static let length = 160

    fileprivate init(_ place: SearchFound.Place) {
        field = place.field.name
        let bytes = Array(place.text.utf8)
        let first = place.ranges.first ?? 0..<0
        let start = Self.boundary(bytes, near: max(0, first.lowerBound - Self.lead), before: first.lowerBound)
        // A phrase may be longer than what is shown otherwise.
        let end = Self.end(bytes, near: max(start + Self.length, first.upperBound))
        isCutBefore = start > 0
        isCutAfter = end < bytes.count
        var pieces: [SearchHit.Piece] = []
        var at = start
        for range in place.ranges where range.upperBound <= end {
            if range.lowerBound > at { pieces.append(Self.piece(bytes[at..<range.lowerBound], false)) }
            pieces.append(Self.piece(bytes[range], true))
            at = range.upperBound
        }
        if at < end { pieces.append(Self.piece(bytes[at..<end], false)) }
        self.pieces = pieces
    }

    private static func piece(_ bytes: ArraySlice<UInt8>, _ isFound: Bool) -> SearchHit.Piece {
        SearchHit.Piece(text: String(decoding: bytes, as: UTF8.self), isFound: isFound)
    }

    /// Where a word begins, from a place on; the place itself, or the scalar that it is in, where there is no blank.
    private static func boundary(_ bytes: [UInt8], near place: Int, before limit: Int) -> Int {
        guard place > 0 else { return 0 }
        if let blank = bytes[place..<limit].firstIndex(where: isBlank) { return blank + 1 }
        return bytes[place..<limit].firstIndex { $0 & 0xc0 != 0x80 } ?? limit
    }

    private static func end(_ bytes: [UInt8], near place: Int) -> Int {
        guard place < bytes.count else { return bytes.count }
        let reach = bytes[place..<min(bytes.count, place + 24)]
        return reach.firstIndex(where: isBlank) ?? reach.firstIndex { $0 & 0xc0 != 0x80 } ?? bytes.count
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0a }
}
