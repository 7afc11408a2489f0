import Testing

/// Tests that drive the real programs over real sockets. One after the other: each starts processes of its own, and
/// what they measure themselves by (waiting for a lock, for a daemon) should not depend on a neighbour.
@Suite(.serialized)
enum EndToEnd {}
