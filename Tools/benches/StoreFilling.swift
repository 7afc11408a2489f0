import Foundation
import StoepCrypto
import StoepModel
import StoepSQLite
import StoepStore

/// Puts conversations into a store that `stoep join` made, as many as nobody would type: for what is measured of
/// processes. Says what a plain table of the same rows takes, with the same indexes and search.
enum StoreFilling {
    static func run(_ given: some Sequence<String>) throws -> Int32 {
        let arguments = try Arguments(given, valued: ["--store", "--area", "--count", "--records"])
        guard let directory = arguments.values["--store"], let area = arguments.values["--area"],
            let count = Int(arguments.values["--count"] ?? ""), count > 0
        else { throw Arguments.Misuse(description: "fill takes --store, --area and --count") }
        let round = try StreetRound.given(arguments.values["--records"])
        let store = try Store.open(
            Store.Configuration(directory: directory, holder: "stoep-bench fill"),
            Environment(
                cryptography: .openSSL, now: { Timestamp(milliseconds: UInt64(Date().timeIntervalSince1970 * 1000)) },
                random: { SystemRandom.bytes($0) }))
        let laptops = try StreetLaptops(round)
        for start in stride(from: 0, to: count, by: 1000) {
            try store.write {
                for number in start..<min(start + 1000, count) {
                    _ = try store.saveInTransaction([try laptops.edit(number, area: area)])
                }
            }
        }
        while try store.indexSome() {}
        try store.checkpoint()
        store.close()
        let plain = try PlainTable(laptops.folder + "/plain", isSearched: true)
        let records = (0..<count).map { laptops.record($0) }[...]
        let began = Stopwatch.monotonic
        try plain.insert(records, a: 500)
        try plain.checkpoint()
        print((Stopwatch.monotonic - began) / 1000)
        return 0
    }
}
