import StoepModel

/// Areas and places as GeoJSON (RFC 7946): features one after the other, and files of outlines read.
package enum GeoJSON {
    package static let beginning = "{\"type\":\"FeatureCollection\",\"features\":["
    package static let end = "\n]}\n"

    /// One feature on a line of its own.
    /// - Parameter geometry: as JSON text; nil where it has no place.
    package static func feature(id: String, geometry: String?, properties: [JSON.Member]) -> String {
        "\n{\"type\":\"Feature\",\"id\":\(JSON.string(id).text()),\"geometry\":\(geometry ?? "null"),"
            + "\"properties\":\(JSON.object(properties).text())}"
    }

    package static func point(longitude: Int64, latitude: Int64) -> String {
        "{\"type\":\"Point\",\"coordinates\":\(position(.init(longitude: longitude, latitude: latitude)))}"
    }

    /// A polygon, or several: the land against the clock, holes with it. Nil where nothing is enclosed.
    package static func geometry(_ outline: Outline) -> String? {
        let polygons = Outline(rings: outline.rings.filter { Outline.turning($0) != 0 }).polygons.map { rings in
            "[" + rings.map { "[" + $0.map(position).joined(separator: ",") + "]" }.joined(separator: ",") + "]"
        }
        if polygons.isEmpty { return nil }
        return polygons.count == 1
            ? "{\"type\":\"Polygon\",\"coordinates\":\(polygons[0])}"
            : "{\"type\":\"MultiPolygon\",\"coordinates\":[\(polygons.joined(separator: ","))]}"
    }

    private static func position(_ point: Outline.Point) -> String {
        "[\(Degrees.text(point.longitude)),\(Degrees.text(point.latitude))]"
    }

    // MARK: Reading

    /// An area as a file has it.
    package struct Area: Sendable, Equatable {
        package let code: String
        package let name: String?
        package let municipality: String?
        package let outline: Outline?
        package let point: Outline.Point?
    }

    /// Why a feature cannot be an area; from 1.
    package struct Fault: Error, Sendable, Equatable {
        package let feature: Int
        /// The member that is wrong or missing: `code`, `geometry`, `coordinates`.
        package let what: String
    }

    /// The areas of a file: features with a `code` among their properties, or an id.
    /// - Throws: `JSONFault`, `Fault`.
    package static func areas(_ text: [UInt8]) throws -> [Area] {
        var limits = JSON.Limits()
        limits.readsFractionsAsText = true
        limits.bytes = Limits.importBytes
        let json = try JSON.parse(text, limits: limits)
        guard json["type"]?.string == "FeatureCollection", let features = json["features"]?.array else {
            throw Fault(feature: 0, what: "features")
        }
        return try features.enumerated().map { try area($1, $0 + 1) }
    }

    private static func area(_ feature: JSON, _ number: Int) throws(Fault) -> Area {
        let properties = feature["properties"]
        guard let code = properties?["code"]?.string ?? feature["id"]?.string, !code.isEmpty else {
            throw Fault(feature: number, what: "code")
        }
        var (outline, point): (Outline?, Outline.Point?)
        if let geometry = feature["geometry"], geometry != .null {
            let coordinates = geometry["coordinates"]?.array ?? []
            switch geometry["type"]?.string {
            case "Point": point = try position(.array(coordinates), number)
            case "Polygon": (outline, point) = try shape([coordinates], number)
            case "MultiPolygon": (outline, point) = try shape(coordinates.map { $0.array ?? [] }, number)
            default: throw Fault(feature: number, what: "geometry")
            }
        }
        return Area(
            code: code, name: properties?["name"]?.string, municipality: properties?["municipality"]?.string,
            outline: outline, point: point)
    }

    /// Land first, then its holes, each turned the way that the format wants. What encloses nothing, as where an outline
    /// was made coarse, is no ring; where there is no other, its first point stands for it.
    private static func shape(
        _ polygons: [[JSON]], _ number: Int
    ) throws(Fault) -> (Outline?, Outline.Point?) {
        var (rings, first): ([[Outline.Point]], Outline.Point?) = ([], nil)
        for polygon in polygons {
            for (index, ring) in polygon.enumerated() {
                var points: [Outline.Point] = []
                for element in ring.array ?? [] { points.append(try position(element, number)) }
                guard let start = points.first, start == points.last else { throw Fault(feature: number, what: "coordinates") }
                first = first ?? start
                if points.count < 4 || Outline.turning(points) == 0 { continue }
                let isLand = index == 0, turnsLeft = Outline.turning(points) >= 0
                rings.append(isLand == turnsLeft ? points : points.reversed())
            }
        }
        guard let first else { throw Fault(feature: number, what: "coordinates") }
        return rings.isEmpty ? (nil, first) : (Outline(rings: rings), nil)
    }

    private static func position(_ json: JSON, _ number: Int) throws(Fault) -> Outline.Point {
        func degrees(_ json: JSON?, _ bound: Int64) -> Int64? {
            switch json {
            case .string(let text)?: Degrees.parse(text, atMost: bound)
            case .int(let whole)?: Degrees.parse(String(whole), atMost: bound)
            default: nil
            }
        }
        guard let longitude = degrees(json[0], 180), let latitude = degrees(json[1], 90) else {
            throw Fault(feature: number, what: "coordinates")
        }
        return Outline.Point(longitude: longitude, latitude: latitude)
    }
}
