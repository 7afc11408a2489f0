import StoepMerge
import StoepModel
import StoepSQLite
import StoepWire

/// A store outlives the program that made it: what an earlier version could not fold is folded by a later one.
extension Store {
    /// Raised when the same blocks fold to something else under the same schema: then everything is folded anew.
    private static let foldRevision: UInt64 = 2
    private static let schemaKey = "schema"

    /// Brings the folded rows to this program's schema, where an earlier one folded them. Where it is the same, one row
    /// is read.
    ///
    /// A daemon folds in pieces afterwards, as it does what arrives; elsewhere all is folded on return.
    /// - Throws: `newerVersion` where a later program has been here.
    func followSchema() throws {
        let ours = schemaStamp
        guard try meta(Self.schemaKey) != ours.bytes else { return }
        try write {
            guard try meta(Self.schemaKey) != ours.bytes else { return }
            try adoptSchema()
            if !isHub { try foldBehind() }
        }
    }

    /// Makes the schema's tables, and puts behind what it may fold otherwise. Inside a transaction.
    func adoptSchema() throws {
        let ours = schemaStamp
        let before = try meta(Self.schemaKey).flatMap(SchemaStamp.init)
        if let before, before.version > ours.version {
            throw StoreError.newerVersion(Int32(clamping: before.version))
        }
        try makeTables(of: configuration.schema)
        // What was known keeps its meaning (`DESIGN` §4), so only what was not can fold otherwise.
        let isKnown = before?.revision == ours.revision
        let which = isKnown ? "WHERE unknown > 0" : ""
        try markBehind(which)
        try nameCuts()
        try adoptSearch()
        try setMeta(Self.schemaKey, ours.bytes)
    }

    private var schemaStamp: SchemaStamp {
        SchemaStamp(
            revision: Self.foldRevision, version: UInt64(clamping: configuration.schema.version),
            digest: environment.cryptography.sha256(
                configuration.schema.described + searchStamp + [Self.listIndexRevision]))
    }
}

/// By what a store was folded.
private struct SchemaStamp {
    let revision: UInt64
    let version: UInt64
    let digest: Bytes32

    init(revision: UInt64, version: UInt64, digest: Bytes32) {
        self.revision = revision
        self.version = version
        self.digest = digest
    }

    init?(_ bytes: [UInt8]) {
        var reader = CBORReader(bytes)
        guard (try? reader.array("schema", exactly: 3)) != nil, let revision = try? reader.unsigned("revision"),
            let version = try? reader.unsigned("version"), let digest = try? reader.bytes32("digest")
        else { return nil }
        self.init(revision: revision, version: version, digest: digest)
    }

    var bytes: [UInt8] {
        var writer = CBORWriter()
        writer.array(3)
        writer.unsigned(revision)
        writer.unsigned(version)
        writer.bytes(digest)
        return writer.bytes
    }
}

extension Schema {
    /// Everything that folding goes by, as bytes: equal for equal schemas.
    fileprivate var described: [UInt8] {
        var writer = CBORWriter(reserving: 4096)
        writer.unsigned(operationKinds)
        for collection in collections {
            writer.unsigned(UInt64(collection.number.rawValue))
            writer.text(collection.name)
            if let log = collection.log { writer.unsigned(UInt64(log.rawValue)) } else { writer.null() }
            writer.bool(collection.hasNaturalKey)
            writer.array(collection.fields.count)
            for field in collection.fields {
                writer.unsigned(UInt64(field.number.rawValue))
                writer.text(field.name)
                writer.text(field.kind.rawValue)
                writer.text(field.type.name)
                writer.text(field.rule.rawValue)
                writer.text(field.settlement.rawValue)
            }
        }
        return writer.bytes
    }
}
