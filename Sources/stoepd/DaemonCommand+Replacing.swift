import StoepCommand
import StoepModel
import StoepServer
import StoepTransport

// stoepd replace.
extension DaemonCommand {
    func replace() throws(CommandFailure) {
        let (daemonKey, authority) = (arguments.flag(.newDaemonKey), arguments.flag(.newAuthority))
        guard daemonKey || authority else { throw .nothingToReplace }
        let keeps = arguments.flag(.keepDaemonKey)
        guard !keeps || daemonKey && !authority else { throw .keepsNoDaemonKey }
        var address: NetworkAddress?
        if let typed = arguments.text(.newAddress) {
            guard let read = try? NetworkAddress(typed), read.port != 0 else { throw .notAnAddress(typed) }
            address = read
        }
        let replacement = Replacement(
            data: data, rootKeyPath: arguments.required(.heldRootKey), daemonKey: daemonKey, authority: authority,
            keepingDaemonKey: keeps, address: address)
        let made = try telling { () throws(DaemonError) in try replacement.run() }
        console.answer([
            "space": .string(made.space.description), "serial": .number(made.serial),
            "authority": .string(made.authority.description),
            "daemons": .strings(made.daemons.map(\.description)), "address": .string(made.address),
        ]) {
            console.say(.replaced(daemonKey: daemonKey, authority: authority))
            console.say(.replacedNext(address: made.address))
            console.say(.replacedRootKey, style: .strong)
        }
    }
}
