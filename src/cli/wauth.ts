#!/usr/bin/env node
import './check-node.ts'
import './no-debugger.ts'
import './compile-cache.ts'

const [asked = ''] = process.argv.slice(2)
// The log of the service has its own way with a reader that is gone.
if (asked !== 'serve') endWithReader()
// Scripts ask for the version again and again: it needs nothing of what commands need.
if (/^(-V|--version)$/.test(asked)) {
  const { versionLine } = await import('./version.ts')
  process.stdout.write(`${await versionLine()}\n`)
} else await (await import('./program.ts')).runProgram()

/** `wauth check | head`: a reader that has seen enough is no error. */
function endWithReader() {
  for (const output of [process.stdout, process.stderr])
    output.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
      process.exit()
    })
}
