// How a person is reached: records of their own, so that they are read by few and go alone.

extension Field {
    /// Of one person as one member knows them; its key is "MEMBER/PERSON", with "/2" behind it once the first was erased.
    public enum Contact {
        public static let person = FieldNumber(rawValue: 1)
        public static let name = FieldNumber(rawValue: 2)
        public static let address = FieldNumber(rawValue: 3)
        public static let telephone = FieldNumber(rawValue: 4)
        public static let email = FieldNumber(rawValue: 5)
        public static let note = FieldNumber(rawValue: 6)
    }
}

extension CollectionDefinition {
    static let contact: [CollectionDefinition] = [
        CollectionDefinition(
            .contact, "contact", Words(en: "contact details", nl: "contactgegevens"),
            Words(en: "contact details of several", nl: "contactgegevens van meer mensen"), in: .contact,
            naturalKey: true,
            [
                .belonging(1, "person", en: "person", nl: "persoon", to: .person),
                FieldDefinition(2, "name", en: "name", nl: "naam"),
                FieldDefinition(3, "address", en: "address", nl: "adres"),
                FieldDefinition(4, "telephone", en: "telephone", nl: "telefoon"),
                FieldDefinition(5, "email", en: "e-mail", nl: "e-mail"),
                FieldDefinition(6, "note", en: "note", nl: "notitie", .text),
            ])
    ]
}
