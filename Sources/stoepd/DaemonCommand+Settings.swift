import StoepCommand
import StoepModel
import StoepServer

// stoepd settings.
extension DaemonCommand {
    func settings() throws(CommandFailure) {
        let wanted = SpaceSettings(
            resident: arguments.text(.residentWord), residents: arguments.text(.residentsWord),
            coolDownDays: arguments.number(.coolDownDays))
        let request: AdminRequest = wanted == SpaceSettings() ? .settings : .set(wanted)
        guard case .settings(let settings) = try ask(request) else { throw .daemonOfAnotherVersion }
        let days = settings.coolDownDays ?? SpaceSettings.usualCoolDownDays
        console.answer([
            "resident": .optional(settings.resident), "residents": .optional(settings.residents),
            "coolDownDays": .number(days),
        ]) {
            console.print(
                console.text(.settingsWords(ResidentWords(one: settings.resident, many: settings.residents))))
            console.print(console.text(.settingsCoolDown(days)))
        }
    }
}
