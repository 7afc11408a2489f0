import StoepStore
import Testing

@testable import StoepCore

/// What a client is told of a store that could not.
@Suite struct ReplicaErrorTests {
    @Test func `a lack of memory, a full disk and one that fails are three things`() {
        guard case .outOfMemory = ReplicaError(StoreError.outOfMemory), case .diskFull = ReplicaError(StoreError.full),
            case .disk("xSync") = ReplicaError(StoreError.disk("xSync"))
        else {
            Issue.record("told as something else")
            return
        }
    }
}
