import StoepCommand

await CommandRun<StoepVerb>().finish { verb, arguments, console in
    try await Command(verb: verb, arguments: arguments, console: console).run()
}
