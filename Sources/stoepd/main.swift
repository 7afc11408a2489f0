import StoepCommand

await CommandRun<StoepdVerb>().finish { verb, arguments, console in
    let command = DaemonCommand(arguments: arguments, console: console)
    switch verb {
    case .initialise: try command.initialise()
    case .serve: try await command.serve()
    case .invite: try command.invite()
    case .members: try command.members()
    case .status: try command.status()
    case .areaImport: try command.importAreas()
    case .bundleExport: try command.exportBundle()
    case .bundleImport: return try command.importBundle()
    case .bundleInspect: try command.inspectBundle()
    }
    return .done
}
