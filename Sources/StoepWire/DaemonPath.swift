/// Where the requests of the protocol are sent (`Protocol/README.md`, HTTP).
package enum DaemonPath {
    package static let enrol = "/v1/enrol"
    package static let sync = "/v1/sync"
    package static let authority = "/v1/authority"
    /// What every body is, of a request and of an answer.
    package static let contentType = "application/cbor"
}
