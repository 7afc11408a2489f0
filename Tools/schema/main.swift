import StoepModel

// Writes the schema of this version, the same bytes every time: as JSON for programs (`Protocol/schema.json`), and with
// `--page` as a page for people (`Protocol/schema.md`).

print(CommandLine.arguments.contains("--page") ? page(.current) : document(.current).lines())
