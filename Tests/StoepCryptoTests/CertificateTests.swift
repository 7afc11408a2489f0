import Glibc
import StoepCrypto
import StoepModel
import Testing

@Suite struct CertificateTests {
    static let key = SigningKey(seed: [UInt8](repeating: 3, count: 32))

    @Test func `one key always gives the same certificate, another key another`() throws {
        let key = try #require(Self.key)
        let again = try #require(SigningKey(seed: key.seed))
        let other = try #require(SigningKey(seed: [UInt8](repeating: 4, count: 32)))
        #expect(SelfSignedCertificate.make(key: key) == SelfSignedCertificate.make(key: again))
        #expect(SelfSignedCertificate.make(key: key) != SelfSignedCertificate.make(key: other))
    }

    @Test func `the key can be read back from a certificate, and from nothing else`() throws {
        let key = try #require(Self.key)
        let certificate = SelfSignedCertificate.make(key: key)
        #expect(SelfSignedCertificate.publicKey(inDER: certificate) == key.publicKey)
        #expect(SelfSignedCertificate.publicKey(inDER: []) == nil)
        for length in 0..<certificate.count {
            #expect(SelfSignedCertificate.publicKey(inDER: Array(certificate.prefix(length))) == nil)
        }
    }

    @Test func `the pin is the digest of the key's SubjectPublicKeyInfo`() throws {
        let key = try #require(Self.key)
        // RFC 8410 §4: the identifier of Ed25519 in front of the 32 bytes.
        let information = bytes("302a300506032b6570032100") + key.publicKey
        #expect(key.pin.digest == SHA256.hash(information))
        #expect(key.pin.curlNotation.hasPrefix("sha256//"))
        #expect(key.pin.curlNotation.utf8.count == 8 + 44)
        #expect(PublicKeyPin(publicKey: [1, 2, 3]) == nil)
        #expect(PublicKeyPin(digest: [1, 2, 3]) == nil)
    }

    @Test func `the openssl command verifies the certificate and finds dates, name and key in it`() throws {
        let key = try #require(Self.key)
        let file = try TemporaryFile(SelfSignedCertificate.make(key: key))
        let shown = try run(
            "openssl x509 -inform DER -in \(file.path) -noout -subject -dates -text && "
                + "openssl x509 -inform DER -in \(file.path) -out \(file.path).pem && "
                + "openssl verify -CAfile \(file.path).pem \(file.path).pem; rm -f \(file.path).pem")
        #expect(shown.contains("CN = stoep"))
        #expect(shown.contains("notBefore=Jan  1 00:00:00 1970 GMT"))
        #expect(shown.contains("notAfter=Dec 31 23:59:59 9999 GMT"))
        #expect(shown.contains("ED25519"))
        #expect(shown.contains(": OK"))
    }

    @Test func `the openssl command reads the private key`() throws {
        let key = try #require(Self.key)
        let file = try TemporaryFile(SelfSignedCertificate.privateKeyDER(of: key))
        let shown = try run("openssl pkey -inform DER -in \(file.path) -noout -text")
        #expect(shown.contains("ED25519 Private-Key"))
        #expect(shown.contains("03:03:03:03"))
    }
}

/// A file that goes with its owner.
final class TemporaryFile {
    let path: String

    init(_ content: [UInt8]) throws {
        var template = Array("/tmp/stoep-test-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        try #require(descriptor >= 0)
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        try #require(write(descriptor, content, content.count) == content.count)
        close(descriptor)
    }

    deinit { unlink(path) }
}

/// What a shell command printed, both streams.
func run(_ command: String) throws -> String {
    let stream = try #require(popen("(\(command)) 2>&1", "r"))
    defer { pclose(stream) }
    var output: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while case let count = fread(&buffer, 1, buffer.count, stream), count > 0 { output += buffer.prefix(count) }
    return String(decoding: output, as: UTF8.self)
}
