/// Degrees as they are held: whole hundred-thousandths, never a floating-point number.
package enum Degrees {
    /// Decimal degrees, rounded half away from zero; nil where they are none, or beyond the bound.
    package static func parse(_ text: String, atMost bound: Int64) -> Int64? {
        var digits = text.utf8[...]
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative { digits.removeFirst() }
        let parts = digits.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, (1...3).contains(whole.count) else { return nil }
        let fraction = parts.count > 1 ? Array(parts[1]) : []
        guard parts.count == 1 || (1...18).contains(fraction.count),
            (Array(whole) + fraction).allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        var value: Int64 = 0
        for digit in Array(whole) + fraction.prefix(5) { value = value * 10 + Int64(digit - 0x30) }
        for _ in fraction.count..<max(5, fraction.count) { value *= 10 }
        if let next = fraction.dropFirst(5).first, next >= UInt8(ascii: "5") { value += 1 }
        guard value <= bound * 100_000 else { return nil }
        return isNegative ? -value : value
    }

    /// As people and GeoJSON write them: `4.48222`, without zeros at the end.
    package static func text(_ value: Int64) -> String {
        let magnitude = value.magnitude
        var fraction = String(magnitude % 100_000)
        fraction = String(repeating: "0", count: 5 - fraction.utf8.count) + fraction
        while fraction.utf8.last == UInt8(ascii: "0") { fraction.removeLast() }
        let whole = (value < 0 ? "-" : "") + String(magnitude / 100_000)
        return fraction.isEmpty ? whole : "\(whole).\(fraction)"
    }
}

/// Rings of points around an area, as the schema writes them (`ValueForm.outline`).
package struct Outline: Sendable, Equatable {
    package struct Point: Sendable, Equatable {
        /// Hundred-thousandths of a degree.
        package let longitude: Int64
        package let latitude: Int64

        package init(longitude: Int64, latitude: Int64) {
            self.longitude = longitude
            self.latitude = latitude
        }
    }

    /// A ring, closed: its last point is its first. Land against the clock, a hole with it.
    package var rings: [[Point]]

    package init(rings: [[Point]]) { self.rings = rings }

    /// Nil where it is none: a number that is none or out of bounds, a ring that does not close or has fewer than four
    /// points.
    package init?(_ text: String) {
        var rings: [[Point]] = []
        for part in text.split(separator: ";", omittingEmptySubsequences: false) {
            var ring: [Point] = []
            for pair in part.split(separator: " ") {
                let numbers = pair.split(separator: ",", omittingEmptySubsequences: false).map { Int64($0) }
                guard numbers.count == 2, let longitude = numbers[0], let latitude = numbers[1],
                    (-18_000_000...18_000_000).contains(longitude), (-9_000_000...9_000_000).contains(latitude)
                else { return nil }
                ring.append(Point(longitude: longitude, latitude: latitude))
            }
            guard ring.count >= 4, ring.first == ring.last else { return nil }
            rings.append(ring)
        }
        guard !rings.isEmpty else { return nil }
        self.rings = rings
    }

    package var text: String {
        rings.map { ring in ring.map { "\($0.longitude),\($0.latitude)" }.joined(separator: " ") }
            .joined(separator: ";")
    }

    /// Twice the area that a ring encloses: positive where it goes against the clock.
    package static func turning(_ ring: [Point]) -> Int64 {
        zip(ring, ring.dropFirst()).reduce(Int64(0)) { sum, edge in
            sum.addingUpTo(edge.0.longitude * edge.1.latitude - edge.1.longitude * edge.0.latitude)
        }
    }

    /// The middle of the box around it.
    package var middle: Point {
        let points = rings.joined()
        func middle(_ coordinate: (Point) -> Int64) -> Int64 {
            let values = points.map(coordinate)
            return ((values.min() ?? 0) + (values.max() ?? 0)) / 2
        }
        return Point(longitude: middle(\.longitude), latitude: middle(\.latitude))
    }

    /// The polygons that it says: each the land, then the holes that lie in it.
    package var polygons: [[[Point]]] {
        var polygons = rings.filter { Self.turning($0) >= 0 }.map { [$0] }
        for hole in rings where Self.turning(hole) < 0 {
            let place = polygons.firstIndex { Self.contains($0[0], hole[0]) }
            if let place { polygons[place].append(hole) } else { polygons.append([hole.reversed()]) }
        }
        return polygons
    }

    /// Whether a point lies within a ring, by how often a line to the east crosses it.
    private static func contains(_ ring: [Point], _ point: Point) -> Bool {
        var isInside = false
        for (a, b) in zip(ring, ring.dropFirst()) where (a.latitude > point.latitude) != (b.latitude > point.latitude) {
            let cross =
                (b.longitude - a.longitude) * (point.latitude - a.latitude)
                - (point.longitude - a.longitude) * (b.latitude - a.latitude)
            if (cross > 0) == (b.latitude > a.latitude) { isInside.toggle() }
        }
        return isInside
    }
}
