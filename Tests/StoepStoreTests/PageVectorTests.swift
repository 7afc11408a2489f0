import Foundation
import StoepCrypto
import StoepModel
import StoepSQLite
import StoepTestSupport
import Testing

@testable import StoepStore

/// What another implementation sealed (`Protocol/store-pages.md`), opened by ours.
@Suite struct PageVectorTests {
    private struct Vector {
        let name: String
        let fields: [String: String]
        let content: [UInt8]

        init(_ url: URL) throws {
            name = url.deletingPathExtension().lastPathComponent
            let text = try String(contentsOf: url, encoding: .utf8)
            let halves = try #require(text.range(of: "\n\n"))
            var fields: [String: String] = [:]
            for line in text[..<halves.lowerBound].split(separator: "\n") {
                let colon = try #require(line.range(of: ": "))
                fields[String(line[..<colon.lowerBound])] = String(line[colon.upperBound...])
            }
            self.fields = fields
            content = try #require(Hex.decode(text[halves.upperBound...].filter { $0 != "\n" }))
        }

        func bytes(_ key: String) throws -> [UInt8] { try #require(Hex.decode(fields[key] ?? "-"), "\(key)") }
        func number(_ key: String) throws -> UInt32 { try #require(fields[key].flatMap { UInt32($0) }) }
    }

    @Test func `every vector of the pages comes to what it says`() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Protocol/pages")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(names.count >= 16)
        for name in names {
            let vector = try Vector(folder.appendingPathComponent(name))
            let expected = try #require(vector.fields["expect"])
            do {
                let digest = Hex.encode(SHA256.hash(try opened(vector)))
                #expect(expected == "success" && digest == vector.fields["sha256"], "\(name)")
            } catch StoreError.wrongPassphrase {
                #expect(expected == "wrong-passphrase", "\(name)")
            } catch StoreError.damaged {
                #expect(expected == "unauthentic", "\(name)")
            }
        }
    }

    private func opened(_ vector: Vector) throws -> [UInt8] {
        let key = try #require(PageKey(fileID: vector.bytes("file-id"), key: vector.bytes("data-key")))
        switch vector.fields["kind"] {
        case "page":
            return try page(vector.content, .database(page: vector.number("page")), key)
        case "frame":
            var header = Array(vector.content.prefix(24))
            let sealer = PageSealer(key, random: { [UInt8](repeating: 0, count: $0) })
            header.withUnsafeMutableBytes { bytes in
                if let base = bytes.baseAddress { sealer.openFrameHeader(base + 8) }
            }
            let isPending = header[8...].allSatisfy { $0 == 0 }
            let place = PageSealer.Place.log(
                page: number(header[0..<4]), frame: try vector.number("frame"), commit: number(header[4..<8]),
                salts: isPending ? try vector.bytes("salts") : Array(header[8..<16]))
            return header + (try page(Array(vector.content.dropFirst(24)), place, key))
        case "file":
            let files = try #require(FileSealer([key], random: { [UInt8](repeating: 0, count: $0) }))
            return try files.open(vector.content, name: vector.fields["called"] ?? "")
        default:
            let wrapped = try WrappedKeys(decoding: vector.content)
            #expect(wrapped.encoded() == vector.content)
            let passphrase = Array((vector.fields["passphrase"] ?? "").utf8)
            let wrapping = try WrappedKeys.key(wrapped.wrapping, passphrase: passphrase, "/", on: SystemDisk())
            return try #require(wrapped.unwrap(wrapping).first { $0.fileID == key.fileID }).key
        }
    }

    private func page(_ sealed: [UInt8], _ place: PageSealer.Place, _ key: PageKey) throws -> [UInt8] {
        let sealer = PageSealer(key, random: { [UInt8](repeating: 0, count: $0) })
        var plain = [UInt8](repeating: 0, count: PageSealer.pageByteCount)
        let isWhole = sealed.withUnsafeBytes { source in
            plain.withUnsafeMutableBytes { target in
                target.baseAddress.map { sealer.open(source, at: place, into: $0) } ?? false
            }
        }
        guard isWhole else { throw StoreError.damaged("page") }
        return plain
    }

    private func number(_ bytes: ArraySlice<UInt8>) -> UInt32 { bytes.reduce(0) { $0 << 8 | UInt32($1) } }
}
