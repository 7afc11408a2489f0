import StoepModel

/// A row of a table, as values of a record's fields.
public struct ImportRow: Sendable {
    /// Where it stands in the file, from 1.
    public let line: Int
    /// The record that it is about; nil or unknown here for a new one.
    public let id: String?
    /// As people write them: one of a register, a text or a counter, several of a set or a list. A field that says
    /// nothing stays as it is.
    public let values: [(field: FieldNumber, texts: [String])]

    /// Why it cannot be read: a field's name and what stands there.
    let misfit: (field: String, value: String)?

    public init(line: Int, id: String?, values: [(field: FieldNumber, texts: [String])]) {
        self.line = line
        self.id = id
        self.values = values
        misfit = nil
    }

    /// A row that is none: what stands under a field is nothing that the field can hold.
    public init(line: Int, misfit field: String, _ value: String = "") {
        self.line = line
        id = nil
        values = []
        misfit = (field, value)
    }
}

/// Why a row cannot be imported.
public struct ImportFault: Sendable {
    public let line: Int
    public let error: ReplicaError
}

/// What an import did, or would do.
public struct ImportReport: Sendable {
    public var made = 0
    public var changed = 0
    /// Rows that say what is so already.
    public var unchanged = 0
    /// In the order of the lines.
    public var faults: [ImportFault] = []
    /// Whether anything was saved: not in a trial, and not where all of it is so already.
    public var isSaved = false
    /// Whether nothing was, because of the faults.
    public var isRefused = false
}

/// What taking an import back did.
public struct ImportUndone: Sendable {
    /// Records that it had made, and that are deleted now.
    public var deleted = 0
    /// Records that it had changed, and that read as before.
    public var restored = 0
    /// Records that others built on since, or that changed otherwise: they stay.
    public var kept = 0
}
