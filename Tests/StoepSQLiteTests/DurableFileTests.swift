import Glibc
import StoepSQLite
import Testing

@Suite struct DurableFileTests {
    let folder = ScratchFolder()

    @Test func `content comes back, replaces what was there, and is the owner's only`() throws {
        let path = folder.file("anchor")
        for bytes in [[], [1, 2, 3], [UInt8](repeating: 9, count: 300_000), [4]] as [[UInt8]] {
            try DurableFile.write(bytes, to: path)
            #expect(try DurableFile.read(path, maximumBytes: 300_000) == bytes)
        }
        #expect(folder.mode("anchor") == 0o600)
        try DurableFile.write([1], to: path, mode: 0o400)
        #expect(folder.mode("anchor") == 0o400)
    }

    @Test func `nothing but the file is left in the folder`() throws {
        try DurableFile.write([1], to: folder.file("anchor"))
        #expect(throws: FileError.self) { try DurableFile.write([1], to: folder.file("absent/anchor")) }
        mkdir(folder.file("occupied"), 0o700)
        defer { rmdir(folder.file("occupied")) }
        let error = fileError { try DurableFile.write([1], to: folder.file("occupied")) }
        #expect(error?.operation == "rename")
        #expect(folder.names() == ["anchor", "occupied"])
    }

    @Test func `a missing, a large and a strange file are told apart`() throws {
        let path = folder.file("anchor")
        #expect(fileError { _ = try DurableFile.read(path, maximumBytes: 10) }?.isMissing == true)
        try DurableFile.write([UInt8](repeating: 0, count: 11), to: path)
        let large = fileError { _ = try DurableFile.read(path, maximumBytes: 10) }
        #expect(large?.isTooLarge == true)
        #expect(large?.path == path)
        #expect(fileError { _ = try DurableFile.read(folder.path, maximumBytes: 10) }?.code == EISDIR)
        mkfifo(folder.file("pipe"), 0o600)
        #expect(fileError { _ = try DurableFile.read(folder.file("pipe"), maximumBytes: 10) }?.code == EINVAL)
    }

    private func fileError(_ body: () throws -> Void) -> FileError? {
        do {
            try body()
            return nil
        } catch {
            return error as? FileError
        }
    }
}
