import StoepCrypto
import StoepModel
import StoepSQLite
import StoepWire

/// What a bundle holds, as far as this device can tell.
package struct BundleContents: Equatable, Sendable {
    package struct Log: Equatable, Sendable {
        /// Nil where it is sealed to others.
        package var log: LogID?
        package var bytes: Int
        package var recipients: Int
        package var pieces: Int
        /// Of what can be opened.
        package var changes = 0
        package var actors = 0
    }

    package var time: Timestamp
    /// Of the whole file.
    package var bytes: Int
    package var logs: [Log]
    /// How many are sealed to others.
    package var sealedToOthers: Int { logs.count { $0.log == nil } }
}

/// A bundle that is being read: its manifest, and what of it this device can open. Nothing of a piece is believed before
/// its digest and, where it can be opened, its seal have been checked.
package final class BundleReading {
    package let manifest: BundleManifest
    /// By which a resumed import knows the bundle.
    let digest: Bytes32
    package private(set) var contents: BundleContents
    private let file: SourceFile
    private let path: String
    private let cryptography: Cryptography
    /// Nil for a sealed log that is sealed to others.
    private let keys: [BundleKey?]
    private let firstPiece: Int
    private var place = Place()
    private var actors: Set<ActorID> = []

    /// A piece, and where in the file it begins.
    struct Place {
        var log = 0
        var piece = 0
        var offset = 0
    }

    /// Reads the manifest and finds what can be opened.
    /// - Throws: `StoreError.bundle`, `StoreError.file`.
    package init(_ path: String, for store: Store) throws {
        self.path = path
        cryptography = store.environment.cryptography
        let file = try StoreError.naming(path) { try SourceFile(path) }
        let bytes = try StoreError.naming(path) {
            let length = try Self.manifestBytes(of: file)
            return try file.read(at: BundleHead.bytes, count: length)
        }
        manifest = try Self.manifest(bytes)
        guard manifest.space == store.space else { throw StoreError.bundle(.otherSpace) }
        firstPiece = BundleHead.bytes + bytes.count
        guard firstPiece + manifest.logs.reduce(0, { $0 + $1.bytes }) == file.count else {
            throw StoreError.bundle(.damaged("length"))
        }
        self.file = file
        digest = cryptography.sha256(bytes)
        let opener = store.keys.agreement.opener
        keys = manifest.logs.indices.map { [manifest, cryptography] in
            BundleKey(of: manifest, at: $0, opener, cryptography)
        }
        contents = BundleContents(
            time: manifest.time, bytes: file.count,
            logs: manifest.logs.map {
                BundleContents.Log(
                    log: nil, bytes: $0.bytes, recipients: $0.recipients.count, pieces: $0.pieces.count)
            })
    }

    private static func manifestBytes(of file: SourceFile) throws -> Int {
        do {
            return try BundleHead.manifestBytes(try file.read(at: 0, count: BundleHead.bytes))
        } catch let error as BundleError {
            throw StoreError.bundle(error)
        }
    }

    private static func manifest(_ bytes: [UInt8]) throws -> BundleManifest {
        do throws(WireError) {
            return try BundleManifest(decoding: bytes)
        } catch {
            if case .unknownVersion = error { throw StoreError.bundle(.version) }
            throw StoreError.bundle(.damaged("manifest: \(error)"))
        }
    }

    /// Whether there is something, and all of it is for others.
    var isForOthers: Bool { !keys.isEmpty && keys.allSatisfy { $0 == nil } }

    /// Checks the next piece; false once all have been.
    /// - Parameter counting: whether what it holds is counted, which takes inflating it.
    package func check(counting: Bool) throws -> Bool {
        guard let here = step(&place) else { return false }
        if here.piece == 0 { actors.removeAll() }
        guard let piece = try read(here) else { return true }
        guard contents.logs[here.log].log ?? piece.log == piece.log else {
            throw StoreError.bundle(.damaged("two logs in sealed log \(here.log)"))
        }
        contents.logs[here.log].log = piece.log
        guard counting else { return true }
        for segment in piece.segments {
            // What does not hold is told by name when it is taken in; here it is only not counted.
            guard let segment = try? segment.unpacked() else { continue }
            contents.logs[here.log].changes += segment.changes.count
            actors.insert(segment.actor)
        }
        contents.logs[here.log].actors = actors.count
        return true
    }

    /// Goes on by a piece, and gives the one that was passed; nil at the end.
    func step(_ place: inout Place) -> Place? {
        guard manifest.logs.indices.contains(place.log) else { return nil }
        let here = place
        let pieces = manifest.logs[place.log].pieces
        place.offset += pieces[place.piece].length
        place.piece += 1
        if place.piece == pieces.count {
            place.piece = 0
            place.log += 1
        }
        return here
    }

    /// A piece, opened; nil where it is sealed to others. Either way its digest holds.
    func read(_ place: Place) throws -> BundlePiece? {
        let entry = manifest.logs[place.log].pieces[place.piece]
        let bytes = try StoreError.naming(path) {
            try file.read(at: firstPiece + place.offset, count: entry.length)
        }
        guard bytes.count == entry.length, cryptography.sha256(bytes) == entry.digest else {
            throw StoreError.bundle(.damaged("piece \(place.piece) of sealed log \(place.log)"))
        }
        do {
            return try keys[place.log]?.open(bytes, number: place.piece, cryptography)
        } catch {
            throw StoreError.bundle(error)
        }
    }
}
