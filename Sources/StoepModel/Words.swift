/// What people call something, in every language that Stoep speaks: where the schema stands, so that a client needs no
/// list of its own.
public struct Words: Sendable, Hashable {
    public let en: String
    public let nl: String

    public init(en: String, nl: String) {
        self.en = en
        self.nl = nl
    }
}
