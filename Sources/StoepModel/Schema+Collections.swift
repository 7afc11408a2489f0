extension CollectionNumber {
    public static let delegation = CollectionNumber(rawValue: 1)
    public static let space = CollectionNumber(rawValue: 2)
    public static let member = CollectionNumber(rawValue: 3)
    public static let device = CollectionNumber(rawValue: 4)
    public static let grant = CollectionNumber(rawValue: 5)
    public static let partition = CollectionNumber(rawValue: 6)
    public static let daemon = CollectionNumber(rawValue: 7)
    public static let cut = CollectionNumber(rawValue: 8)
    public static let ownership = CollectionNumber(rawValue: 9)
    public static let area = CollectionNumber(rawValue: 16)
    public static let theme = CollectionNumber(rawValue: 17)
    public static let meeting = CollectionNumber(rawValue: 18)
    public static let question = CollectionNumber(rawValue: 19)
    public static let agreement = CollectionNumber(rawValue: 20)
    public static let initiative = CollectionNumber(rawValue: 21)
    public static let offer = CollectionNumber(rawValue: 22)
    public static let need = CollectionNumber(rawValue: 23)
    public static let match = CollectionNumber(rawValue: 24)
    public static let round = CollectionNumber(rawValue: 25)
    public static let consentText = CollectionNumber(rawValue: 26)
    public static let claim = CollectionNumber(rawValue: 27)
    public static let conversation = CollectionNumber(rawValue: 32)
    public static let tally = CollectionNumber(rawValue: 33)
    public static let person = CollectionNumber(rawValue: 34)
    public static let answer = CollectionNumber(rawValue: 35)
    public static let reply = CollectionNumber(rawValue: 36)
    public static let referral = CollectionNumber(rawValue: 37)
    public static let disclosure = CollectionNumber(rawValue: 38)
    public static let signal = CollectionNumber(rawValue: 48)
    public static let signalAnswer = CollectionNumber(rawValue: 49)
    public static let contact = CollectionNumber(rawValue: 64)
}

/// The fields of each collection by name. The numbers are frozen: they are what the wire carries.
public enum Field {}

extension Schema {
    /// The schema of this version. `Protocol/schema.json` and `Protocol/schema.md` are generated from it.
    public static let current = Schema(
        version: 4, operationKinds: 12,
        collections: CollectionDefinition.roster + CollectionDefinition.square + CollectionDefinition.neighbourhood
            + CollectionDefinition.street + CollectionDefinition.signal + CollectionDefinition.contact)
}
