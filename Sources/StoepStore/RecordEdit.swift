import StoepMerge
import StoepModel

/// What a person changed in one record.
package struct RecordEdit {
    package enum Target {
        case new(CollectionNumber)
        /// The record with this natural key, which comes into being where it is not here yet.
        case natural(CollectionNumber, key: String)
        case existing(RecordID)
    }

    package var log: LogID
    package var target: Target
    package var fields: [FieldEdit]

    package init(log: LogID, target: Target, fields: [FieldEdit]) {
        self.log = log
        self.target = target
        self.fields = fields
    }
}

/// What a person changed in one field, as they meant it. The store turns it into operations against what it holds.
package enum FieldEdit {
    /// A register takes a value, in place of every value that is shown.
    case set(FieldNumber, Value)
    /// A set gains members; those that it has already are left alone.
    case add(FieldNumber, [Value])
    /// A set loses members.
    case remove(FieldNumber, [Value])
    /// A text reads thus from now on: the difference from what is held becomes insertions and deletions.
    case text(FieldNumber, String)
    /// A text reads thus from now on, where it was edited in a version opened earlier: the difference from that one,
    /// so that what came in meanwhile stays.
    case textEdited(FieldNumber, String, opened: TextSequence)
    /// Just this: what names elements has looked them up.
    case operation(ElementOperation)
}
