import Glibc

/// The environment variables, as something that can be passed in: a test sets its own and touches nobody
/// else's.
package struct Environment: Sendable {
    private let lookUp: @Sendable (String) -> String?

    /// What the process was started with.
    package static let process = Environment { name in
        getenv(name).flatMap { String(validatingCString: $0) }
    }

    package init(_ variables: [String: String]) {
        self.init { variables[$0] }
    }

    private init(lookUp: @escaping @Sendable (String) -> String?) {
        self.lookUp = lookUp
    }

    package subscript(name: String) -> String? { lookUp(name) }

    /// The value, where the variable is set to something: `NO_COLOR=` counts as not set.
    package func nonEmpty(_ name: String) -> String? {
        self[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}
