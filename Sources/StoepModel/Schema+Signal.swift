// What is urgent: synced before all else, and marked until somebody has answered.

extension Field {
    public enum Signal {
        public static let words = FieldNumber(rawValue: 1)
        public static let area = FieldNumber(rawValue: 2)
        public static let place = FieldNumber(rawValue: 3)
        public static let startedAt = FieldNumber(rawValue: 4)
        /// Of a street; it may not be here.
        public static let conversation = FieldNumber(rawValue: 5)
        public static let person = FieldNumber(rawValue: 6)
    }
    public enum SignalAnswer {
        public static let signal = FieldNumber(rawValue: 1)
        public static let words = FieldNumber(rawValue: 2)
    }
}

extension CollectionDefinition {
    static let signal: [CollectionDefinition] = [
        CollectionDefinition(
            .signal, "signal", Words(en: "signal", nl: "signaal"), Words(en: "signals", nl: "signalen"), in: .signal,
            [
                FieldDefinition(1, "words", en: "what is the matter", nl: "wat er is", .text, rule: .creator),
                FieldDefinition(2, "area", en: "area", nl: "gebied", form: .area),
                FieldDefinition(3, "place", en: "place", nl: "plek"),
                FieldDefinition(4, "startedAt", en: "when", nl: "wanneer", .register, .integer, form: .moment),
                .belonging(5, "conversation", en: "conversation", nl: "gesprek", to: .conversation),
                .belonging(6, "person", en: "person", nl: "persoon", to: .person),
            ]),
        CollectionDefinition(
            .signalAnswer, "signalAnswer", Words(en: "answer to a signal", nl: "antwoord op een signaal"),
            Words(en: "answers to signals", nl: "antwoorden op signalen"), in: .signal,
            [
                .belonging(1, "signal", en: "signal", nl: "signaal", to: .signal),
                FieldDefinition(2, "words", en: "words", nl: "woorden", .text, rule: .creator),
            ]),
    ]
}
