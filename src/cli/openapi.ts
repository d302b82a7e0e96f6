import { writeFileSync } from 'node:fs'
import { Command } from 'commander'
import { renderOpenApi } from '../http/internal/openapi/document.ts'
import { action } from './run-command.ts'

const file = new URL('../../openapi.json', import.meta.url)

const examples = `
Examples:
  wauth openapi > openapi.json   for a generator of clients`

/** `wauth openapi`: prints what the internal listener serves at /openapi.json. */
export function openApiCommand(): Command {
  return new Command('openapi')
    .option('--write', 'rewrite openapi.json of this checkout')
    .addHelpText('after', examples)
    .action(
      action(({ write }: { write?: true }) => {
        process.stdout.write(write ? rewriteFile() : renderOpenApi())
      }),
    )
}

function rewriteFile(): string {
  writeFileSync(file, renderOpenApi())
  return 'Wrote openapi.json\n'
}
