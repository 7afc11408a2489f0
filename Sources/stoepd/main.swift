import StoepCommand

await CommandRun<StoepdVerb>().finish { verb, arguments, console in
    let command = DaemonCommand(arguments: arguments, console: console)
    switch verb {
    case .initialise: try command.initialise()
    case .serve: try await command.serve()
    case .invite: try command.invite()
    case .members: try command.members()
    case .revoke: try command.revoke()
    case .changeRole: try command.changeRole()
    case .themeGrant: try command.setOwnership(true)
    case .themeWithdraw: try command.setOwnership(false)
    case .quarantineList: try command.quarantineList()
    case .quarantineShow: try command.quarantineShow()
    case .quarantineRelease: try command.quarantineRelease()
    case .quarantineRefuse: try command.quarantineRefuse()
    case .status: try command.status()
    case .areaImport: try command.importAreas()
    case .erase: try command.erase()
    case .erasures: try command.erasures()
    case .recoveryLift: try command.liftRecovery()
    case .retention: try command.retention()
    case .settings: try command.settings()
    case .replace: try command.replace()
    case .bundleExport: return try command.exportBundle()
    case .bundleImport: return try command.importBundle()
    case .bundleInspect: return try command.inspectBundle()
    case .doctor: return try command.doctor()
    case .backup: return try command.backUp()
    case .restore: return try command.restore()
    }
    return .done
}
