import Foundation

/// What a program answered with `--json`. A member that is not there is `null`.
enum JSON: Decodable, Equatable {
    case null
    case bool(Bool)
    case number(Int)
    case fraction(Double)
    case string(String)
    case array([JSON])
    case object([String: JSON])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int.self) {
            self = .number(value)
        } else if let value = try? container.decode(Double.self) {
            self = .fraction(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSON].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSON].self))
        }
    }

    subscript(key: String) -> JSON {
        guard case .object(let members) = self else { return .null }
        return members[key] ?? .null
    }

    var string: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    var number: Int? {
        guard case .number(let value) = self else { return nil }
        return value
    }

    var array: [JSON] {
        guard case .array(let values) = self else { return [] }
        return values
    }

    var members: [String: JSON] {
        guard case .object(let members) = self else { return [:] }
        return members
    }
}
