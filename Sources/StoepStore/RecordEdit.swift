import StoepMerge
import StoepModel

/// What a person changed in one record.
package struct RecordEdit {
    package enum Target {
        case new(CollectionNumber)
        /// The record with this natural key, which comes into being where it is not here yet.
        case natural(CollectionNumber, key: String)
        case existing(RecordID)
        /// A record that need not be here: only to erase it.
        case named(CollectionNumber, RecordID)
    }

    package var log: LogID
    package var target: Target
    package var fields: [FieldEdit]
    package var ending: Ending?

    package init(log: LogID, target: Target, fields: [FieldEdit], ending: Ending? = nil) {
        self.log = log
        self.target = target
        self.fields = fields
        self.ending = ending
    }

    /// What becomes of the record as a whole.
    package enum Ending {
        /// It is deleted, as this store has it: a later edit brings it back.
        case delete
        /// It is erased: for ever, by the authority; else it is hidden until the authority countersigns. What is kept
        /// of it stands in the successor.
        case erase(successor: RecordID?)
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
    case textEdited(FieldNumber, String, opened: TextDocument)
    /// Just this: what names elements has looked them up.
    case operation(ElementOperation)
    /// A counter changes by so much.
    case count(FieldNumber, Int64)
    /// A list gains an item, which becomes the one with this number, from 0.
    case placeItem(FieldNumber, Value, at: Int)
    /// An item of a list becomes the one with this number, from 0.
    case moveItem(FieldNumber, ElementID, to: Int)
    /// An item of a list takes a value, in place of every value of it that is shown.
    case assignItem(FieldNumber, ElementID, Value)
    /// A list loses an item.
    case removeItem(FieldNumber, ElementID)
}
