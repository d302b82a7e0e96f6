// Node opens its debugger on this signal, which some send after they have rotated a log: every command may hold keys.
process.on('SIGUSR1', () => undefined)
