// The options of `stoep`.
extension OptionSpec {
    package static let store = OptionSpec(
        "store", .text(.directory), environment: "STOEP_STORE",
        help: Localized(en: "where this laptop's store is", nl: "waar de opslag van deze laptop staat"))

    // What was heard.

    package static let words = OptionSpec(
        "words", .content(.text),
        help: Localized(
            en: "what the resident said, in their own words; only who heard them can change them",
            nl: "wat de bewoner zei, in diens eigen woorden; alleen wie ze hoorde kan ze veranderen"))
    package static let observation = OptionSpec(
        "observation", .content(.text),
        help: Localized(
            en: "what you noticed yourself; others of your area can add to it",
            nl: "wat jou zelf opviel; anderen van jouw gebied kunnen het aanvullen"))
    package static let theme = OptionSpec(
        "theme", .text(Localized(en: "THEME", nl: "THEMA")), repeats: true,
        help: Localized(
            en: "what it was about: the name or id of a theme",
            nl: "waar het over ging: de naam of id van een thema"))
    package static let area = OptionSpec(
        "area", .text(Localized(en: "AREA", nl: "GEBIED")),
        help: Localized(
            en: "the neighbourhood: its code or its name; the one of the last conversation unless given",
            nl: "de buurt: haar code of naam; zonder deze optie die van het vorige gesprek"))
    package static let question = OptionSpec(
        "question", .content(Localized(en: "QUESTION", nl: "VRAAG")), repeats: true,
        help: Localized(
            en: "a question that came up: in its own words, or by its id", nl: "een vraag die opkwam: in haar eigen woorden, of met haar id"))
    package static let answer = OptionSpec(
        "answer", .content(.text), repeats: true,
        help: Localized(
            en: "what was answered: the first to the first question, the second to the second",
            nl: "wat er geantwoord werd: het eerste op de eerste vraag, het tweede op de tweede"))
    package static let person = OptionSpec(
        "person", .content(Localized(en: "PERSON", nl: "PERSOON")), repeats: true,
        help: Localized(
            en: "who it was: an alias is enough, or the id of somebody met before",
            nl: "wie het was: een alias volstaat, of de id van iemand die eerder gesproken is"))
    package static let place = OptionSpec(
        "place", .content(.text),
        help: Localized(
            en: "where it was: a street, a square, a playground", nl: "waar het was: een straat, plein of speeltuin"))
    package static let language = OptionSpec(
        "language", .text(Localized(en: "CODE", nl: "CODE")),
        help: Localized(
            en: "the language spoken, as a code: nl, en, ar, tr", nl: "de taal die gesproken werd, als code: nl, en, ar, tr"))
    package static let consent = OptionSpec(
        "consent", .choice(["none", "anonymous", "contact"]),
        help: Localized(
            en: "what may be kept: only counts, the conversation without a name (default), or contact details as well",
            nl: "wat bewaard mag worden: alleen aantallen, het gesprek zonder naam (standaard), of ook contactgegevens"))
    package static let at = OptionSpec(
        "at", .moment,
        help: Localized(en: "when it was; now unless given", nl: "wanneer het was; zonder deze optie: nu"))
    package static let minutes = OptionSpec(
        "minutes", .number(.same("N"), 0...1440),
        help: Localized(en: "how long it took, in minutes", nl: "hoelang het duurde, in minuten"))
    package static let headcount = OptionSpec(
        "headcount", .number(.same("N"), 1...10_000),
        help: Localized(en: "how many residents took part", nl: "hoeveel bewoners meepraatten"))

    package static let read = OptionSpec(
        "read", .text(Localized(en: "VERSION", nl: "VERSIE")),
        help: Localized(
            en: "the version that you read before you changed the text, as talk show --json gives it",
            nl: "de versie die je las voordat je de tekst veranderde, zoals talk show --json die geeft"))
    package static let change = OptionSpec(
        "change", .text(.same("N")),
        help: Localized(
            en: "this change instead of your last one: its number in stoep talk history",
            nl: "deze wijziging in plaats van je laatste: haar nummer in stoep talk history"))

    package static let reason = OptionSpec(
        "reason", .content(.text), help: Localized(en: "why, for all to read", nl: "waarom, voor iedereen te lezen"))

    // Sync.

    package static let only = OptionSpec(
        "only", .text(Localized(en: "LOG", nl: "LOGBOEK")), repeats: true,
        help: Localized(
            en: "ask for this log alone: roster, square, street/AREA",
            nl: "vraag alleen dit logboek: roster, square, street/GEBIED"))

    // Lists and conflicts.

    package static let limit = OptionSpec(
        "limit", .number(.same("N"), 1...1_000_000),
        help: Localized(en: "show at most so many, the latest first", nl: "toon er hoogstens zoveel, de laatste eerst"))
    package static let check = OptionSpec(
        "check",
        help: Localized(
            en: "end with exit code 3 where something waits for a person, for scripts",
            nl: "eindig met exitcode 3 als er iets op een mens wacht, voor scripts"))
    package static let field = OptionSpec(
        "field", .text(.name),
        help: Localized(
            en: "the field whose values compete, as stoep conflicts names it",
            nl: "het veld waarvan de waarden botsen, zoals stoep conflicts het noemt"))
    package static let keep = OptionSpec(
        "keep", .number(.same("N"), 1...1000),
        help: Localized(
            en: "keep the value with this number", nl: "houd de waarde met dit nummer"))
    package static let keepAll = OptionSpec(
        "keep-all",
        help: Localized(
            en: "keep all of them, behind each other; only where the field is a text",
            nl: "houd ze allemaal, achter elkaar; alleen waar het veld een tekst is"))
    package static let value = OptionSpec(
        "value", .content(.text),
        help: Localized(en: "replace all of them by this value", nl: "vervang ze alle door deze waarde"))
}

extension PositionalSpec {
    package static let invitation = PositionalSpec(
        "INVITATION", placeholder: Localized(en: "INVITATION", nl: "UITNODIGING"), isContent: true,
        help: Localized(
            en: "the line that the coordinator gave you", nl: "de regel die je van de coördinator kreeg"))
    package static let recordID = PositionalSpec(
        "ID",
        help: Localized(
            en: "the id, or as much of its beginning as is unique", nl: "de id, of zoveel van het begin als uniek is"))
    package static let themeName = PositionalSpec(
        "NAME", placeholder: .name,
        help: Localized(en: "what the theme is called", nl: "hoe het thema heet"))
    package static let themeID = PositionalSpec(
        "THEME", placeholder: Localized(en: "THEME", nl: "THEMA"),
        help: Localized(en: "the name or id of the theme", nl: "de naam of id van het thema"))
    package static let intoTheme = PositionalSpec(
        "INTO", placeholder: Localized(en: "INTO", nl: "IN"),
        help: Localized(en: "the name or id of the one that it goes on as", nl: "de naam of id van het thema waarin het opgaat"))
    package static let search = PositionalSpec(
        "TEXT", placeholder: .text, .many,
        help: Localized(
            en: "part of a name or of a code", nl: "een deel van een naam of van een code"))
}
