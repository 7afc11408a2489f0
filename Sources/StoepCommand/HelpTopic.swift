/// Something that several commands are about, explained at `help NAME`.
package struct HelpTopic: Sendable {
    /// One word, in either language; both are understood in both.
    package let name: Localized
    package let title: Localized
    package let paragraphs: [Localized]

    package func isNamed(_ word: String) -> Bool {
        let word = word.lowercased()
        return word == name.en || word == name.nl
    }

    package static let all: [HelpTopic] = [syncing, conflicts, consent, erasing]

    private static let syncing = HelpTopic(
        name: Localized(en: "syncing", nl: "synchroniseren"),
        title: Localized(en: "syncing: how everybody comes to have the same", nl: "synchroniseren: hoe iedereen hetzelfde krijgt"),
        paragraphs: [
            Localized(
                en: """
                    Everything is saved on this laptop first, and is safe there before its id is shown; no network is \
                    needed. stoep sync sends the daemon what it does not have and takes what is new, as far as you may read \
                    it. It may be interrupted anywhere: what arrived is kept, and the next sync goes on from there.
                    """,
                nl: """
                    Alles wordt eerst op deze laptop opgeslagen, en staat daar veilig voordat de id getoond wordt; een \
                    netwerk is niet nodig. stoep sync stuurt de daemon wat hij nog niet heeft en neemt wat nieuw is, voor \
                    zover je het mag lezen. Afbreken mag overal: wat aankwam blijft, en de volgende sync gaat daar verder.
                    """),
            Localized(
                en: """
                    Without the daemon: stoep bundle export writes a file for a USB stick, sealed for those who may read \
                    it, and stoep bundle import reads it; stoep share lets a colleague's laptop sync with yours. stoep \
                    status shows what no daemon has yet. "Synced" is said only of what the daemon has put on its disk.
                    """,
                nl: """
                    Zonder de daemon: stoep bundle export schrijft een bestand voor een USB-stick, verzegeld voor wie het \
                    mag lezen, en stoep bundle import leest het; met stoep share synct de laptop van een collega met die \
                    van jou. stoep status toont wat nog geen daemon heeft. "Gesynchroniseerd" geldt pas voor wat de daemon \
                    op zijn schijf heeft staan.
                    """),
        ])

    private static let conflicts = HelpTopic(
        name: Localized(en: "conflicts", nl: "conflicten"),
        title: Localized(en: "conflicts: when two people wrote at once", nl: "conflicten: als twee mensen tegelijk schreven"),
        paragraphs: [
            Localized(
                en: """
                    Nothing that anybody wrote is lost when laptops come together. Texts have what each added. Of a set, \
                    what one added stays although another removed it at the same time. Counts add up. A single value, such \
                    as a place, keeps all that were given at once: one is shown, and the field is a conflict until \
                    somebody settles it.
                    """,
                nl: """
                    Wat iemand schreef gaat niet verloren als laptops samenkomen. Teksten krijgen wat ieder toevoegde. In \
                    een verzameling blijft wat de een toevoegde, ook als een ander het tegelijk weghaalde. Tellingen worden \
                    opgeteld. Een enkele waarde, zoals een plek, houdt alles wat tegelijk gegeven is: één wordt getoond, en \
                    het veld is een conflict tot iemand beslist.
                    """),
            Localized(
                en: """
                    stoep conflicts shows them, with who wrote what and when; stoep resolve keeps one of the values or \
                    writes another, for everybody. What was not chosen stays in the history, and stoep talk undo takes a \
                    choice back. The clock of a laptop decides nothing: it is only shown.
                    """,
                nl: """
                    stoep conflicts toont ze, met wie wat schreef en wanneer; stoep resolve houdt een van de waarden of \
                    schrijft een andere, voor iedereen. Wat niet gekozen is staat in de geschiedenis, en stoep talk undo \
                    draait een keuze terug. De klok van een laptop beslist niets: hij wordt alleen getoond.
                    """),
        ])

    private static let consent = HelpTopic(
        name: Localized(en: "consent", nl: "toestemming"),
        title: Localized(en: "consent: what may be kept of somebody", nl: "toestemming: wat er van iemand bewaard mag worden"),
        paragraphs: [
            Localized(
                en: """
                    Each conversation says what was agreed to. none: only that there was a conversation, and counts. \
                    anonymous, unless you say otherwise: words and observation, no name and no address. contact: how \
                    somebody is reached as well, in records of their own that few can read.
                    """,
                nl: """
                    Elk gesprek zegt waar mee is ingestemd. none: alleen dat er een gesprek was, en aantallen. anonymous, \
                    als je niets anders zegt: woorden en observatie, geen naam en geen adres. contact: ook hoe iemand te \
                    bereiken is, in aparte records die weinigen kunnen lezen.
                    """),
            Localized(
                en: """
                    How it was asked can be kept with it: the wording, its version and its language. Consent can be \
                    lowered at any time, with stoep talk edit ID --consent none: that erases what it covered, on every \
                    laptop, and cannot be undone.
                    """,
                nl: """
                    Hoe het gevraagd is kan erbij bewaard worden: de formulering, haar versie en haar taal. Toestemming kan \
                    altijd omlaag, met stoep talk edit ID --consent none: dat wist wat eronder viel, op elke laptop, en is \
                    niet terug te draaien.
                    """),
        ])

    private static let erasing = HelpTopic(
        name: Localized(en: "erasing", nl: "wissen"),
        title: Localized(en: "erasing: gone everywhere, for ever", nl: "wissen: overal weg, voorgoed"),
        paragraphs: [
            Localized(
                en: """
                    Deleting only stops showing a record; its history stays, and it can come back. stoep erase destroys \
                    what was said, here at once and on every other laptop when it next syncs: in the records, in the \
                    history and in the search index. The daemon countersigns it first; beyond so many a day a coordinator \
                    does. Each laptop confirms, and stoepd erasures shows which have not.
                    """,
                nl: """
                    Verwijderen laat een record alleen niet meer zien; de geschiedenis blijft, en het kan terugkomen. \
                    stoep erase vernietigt wat er gezegd is, hier meteen en op elke andere laptop bij de volgende sync: in \
                    de records, in de geschiedenis en in de zoekindex. De daemon tekent eerst mee; boven een aantal per dag \
                    doet een coördinator dat. Elke laptop bevestigt, en stoepd erasures toont welke nog niet.
                    """),
            Localized(
                en: """
                    Was it only a name that should not stand there? stoep redact erases the conversation and keeps the \
                    rest of it in a new one. A file that was exported, and a bundle on a stick, are out of reach: destroy \
                    those yourself.
                    """,
                nl: """
                    Was het alleen een naam die er niet hoort te staan? stoep redact wist het gesprek en bewaart de rest in \
                    een nieuw. Een bestand dat geëxporteerd is, en een bundel op een stick, zijn buiten bereik: vernietig \
                    die zelf.
                    """),
        ])
}
