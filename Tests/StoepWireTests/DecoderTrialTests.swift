import Foundation
import StoepModel
import StoepTestSupport
import Testing

/// What `Tools/fuzz` tries for as long as it is let, tried for a moment, and what it found once.
@Suite struct DecoderTrialTests {
    @Test func `worked examples, whole or mutated, are refused or encode to themselves, whichever decoder takes them`()
        throws
    {
        var generator = Generator(seed: 70)
        let examples = try WorkedExamples().all.map { Hex.decode($0.text) ?? Array($0.text.utf8) }
        for trial in DecoderTrial.allCases {
            for example in examples {
                #expect(trial.failure(on: example) == nil, "\(trial): \(Hex.encode(example))")
                for _ in 0..<40 {
                    let mutated = generator.mutated(example)
                    #expect(trial.failure(on: mutated) == nil, "\(trial): \(Hex.encode(mutated))")
                }
            }
        }
    }

    @Test func `every group of decoders is a target of the fuzzer`() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let tool = try String(contentsOf: root.appending(path: "Tools/fuzz"), encoding: .utf8)
        #expect(tool.contains("all=(\(DecoderTrial.allCases.map(\.rawValue).joined(separator: " ")))\n"))
    }

    /// Those with a plain name it found where a check had been taken out, to see whether it would notice.
    @Test func `bytes that a fuzzer once found are refused or encode to themselves`() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/crashers")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(!names.isEmpty)
        for name in names {
            let trial = try #require(DecoderTrial(rawValue: name), "\(name) is the name of no target")
            for file in try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: name).path) {
                let bytes = Array(try Data(contentsOf: folder.appending(path: "\(name)/\(file)")))
                #expect(trial.failure(on: bytes) == nil, "\(name)/\(file)")
            }
        }
    }
}
