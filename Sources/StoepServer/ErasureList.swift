import StoepModel
import StoepWire

/// What a coordinator sees of erasures: `[[record, log, time, [device…], [device…]]…], [[record, log]…],
/// [[device, [log…]]…], [[record, log, erased]…]`, a device as its key and its member's name, a log as its description.
package struct ErasureList: Equatable, Sendable {
    package struct Device: Equatable, Sendable {
        package let key: VerifyingKey
        /// Empty where the roster names nobody.
        package let name: String
    }

    package struct Erased: Equatable, Sendable {
        package let record: RecordID
        package let log: LogID
        /// By this daemon's clock.
        package let time: Timestamp
        package let confirmed: [Device]
        package let outstanding: [Device]
    }

    /// Asked for, and not countersigned: its author has used up the day's limit.
    package struct Waiting: Equatable, Sendable {
        package let record: RecordID
        package let log: LogID
    }

    /// A device that is ordered to destroy logs and has not confirmed.
    package struct Purge: Equatable, Sendable {
        package let device: Device
        package let logs: [LogID]
    }

    /// A record that is still there, and that somebody had joined with one that is erased.
    package struct Sibling: Equatable, Sendable {
        package let record: RecordID
        package let log: LogID
        package let erased: RecordID
    }

    package let erased: [Erased]
    package let waiting: [Waiting]
    package let purges: [Purge]
    package let siblings: [Sibling]
}

/// For how long conversations are kept: `days, from, due soon`, the first two null where it is for ever.
package struct RetentionReport: Equatable, Sendable {
    package let days: Int?
    /// From when on it is acted upon.
    package let from: Timestamp?
    /// How many conversations are erased in the week from then on, or from now.
    package let dueSoon: Int
}

extension ErasureList {
    func write(to writer: inout CBORWriter) {
        writer.array(erased.count)
        for one in erased {
            writer.array(5)
            writer.bytes(one.record)
            writer.log(one.log)
            writer.unsigned(one.time.milliseconds)
            writer.devices(one.confirmed)
            writer.devices(one.outstanding)
        }
        writer.array(waiting.count)
        for one in waiting {
            writer.array(2)
            writer.bytes(one.record)
            writer.log(one.log)
        }
        writer.array(purges.count)
        for one in purges {
            writer.array(2)
            writer.devices([one.device])
            writer.array(one.logs.count)
            for log in one.logs { writer.log(log) }
        }
        writer.array(siblings.count)
        for one in siblings {
            writer.array(3)
            writer.bytes(one.record)
            writer.log(one.log)
            writer.bytes(one.erased)
        }
    }

    init(from reader: inout CBORReader) throws(WireError) {
        var erased: [Erased] = []
        for _ in 0..<(try reader.array("erasures", atMost: .max)) {
            try reader.array("erasure", exactly: 5)
            erased.append(
                Erased(
                    record: RecordID(try reader.bytes16("record")), log: try reader.log(),
                    time: Timestamp(milliseconds: try reader.unsigned("time", atMost: Limits.timestamp)),
                    confirmed: try reader.devices(), outstanding: try reader.devices()))
        }
        var waiting: [Waiting] = []
        for _ in 0..<(try reader.array("waiting", atMost: .max)) {
            try reader.array("request", exactly: 2)
            waiting.append(Waiting(record: RecordID(try reader.bytes16("record")), log: try reader.log()))
        }
        var purges: [Purge] = []
        for _ in 0..<(try reader.array("purges", atMost: .max)) {
            let at = reader.offset
            try reader.array("purge", exactly: 2)
            guard let device = try reader.devices().first else { throw .malformed("device", at: at) }
            var logs: [LogID] = []
            for _ in 0..<(try reader.array("logs", atMost: Limits.logs)) { logs.append(try reader.log()) }
            purges.append(Purge(device: device, logs: logs))
        }
        var siblings: [Sibling] = []
        for _ in 0..<(try reader.array("siblings", atMost: .max)) {
            try reader.array("sibling", exactly: 3)
            siblings.append(
                Sibling(
                    record: RecordID(try reader.bytes16("record")), log: try reader.log(),
                    erased: RecordID(try reader.bytes16("erased"))))
        }
        self.init(erased: erased, waiting: waiting, purges: purges, siblings: siblings)
    }
}

extension CBORWriter {
    fileprivate mutating func devices(_ devices: [ErasureList.Device]) {
        array(devices.count)
        for device in devices {
            array(2)
            bytes(device.key)
            text(device.name)
        }
    }
}

extension CBORReader {
    fileprivate mutating func devices() throws(WireError) -> [ErasureList.Device] {
        var devices: [ErasureList.Device] = []
        for _ in 0..<(try array("devices", atMost: .max)) {
            try array("device", exactly: 2)
            devices.append(
                ErasureList.Device(
                    key: VerifyingKey(try bytes32("device")), name: try text("name", atMost: Limits.valueBytes)))
        }
        return devices
    }
}
