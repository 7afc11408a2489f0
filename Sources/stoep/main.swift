import StoepCommand

CommandRun<StoepVerb>().finish { verb, arguments, console in
    try Command(verb: verb, arguments: arguments, console: console).run()
}
