import { readFileSync, writeFileSync } from 'node:fs'
import { Command, Option } from 'commander'
import { renderEnvExample } from '../config/render-env-example.ts'
import { renderSettingsTable } from '../config/render-settings-table.ts'
import { settingFacts } from '../config/setting-facts.ts'
import { settingsGroups } from '../settings.ts'
import { DOCUMENTS_WITH_TABLES, withTables } from './document-tables.ts'
import { action } from './run-command.ts'

const envExample = new URL('../../.env.example', import.meta.url)

const examples = `
Examples:
  wauth settings > .env       begin a set-up
  wauth settings --markdown   as Markdown tables
  wauth settings --json       for a script`

/** `wauth settings`: prints every setting there is; never a value from the environment. */
export function settingsCommand(): Command {
  return new Command('settings')
    .addOption(new Option('--env-example', 'as a file to fill in (default)'))
    .addOption(new Option('--markdown', 'as Markdown tables').conflicts(['envExample', 'json']))
    .addOption(new Option('--json', 'as JSON').conflicts('envExample'))
    .option('--write', 'rewrite .env.example and the tables in the documents of this checkout')
    .addHelpText('after', examples)
    .action(
      action((options: { markdown?: true; json?: true; write?: true }) => {
        process.stdout.write(options.write ? rewriteFiles() : render(options))
      }),
    )
}

function render({ markdown, json }: { markdown?: true; json?: true }): string {
  if (markdown) return renderSettingsTable(settingsGroups)
  if (json) return `${JSON.stringify(settingsGroups.flatMap(factsOfGroup), null, 2)}\n`
  return renderEnvExample(settingsGroups)
}

function factsOfGroup({ title, when, schema }: (typeof settingsGroups)[number]) {
  return settingFacts(schema).map((facts) => ({ ...facts, group: title, when }))
}

function rewriteFiles(): string {
  writeFileSync(envExample, renderEnvExample(settingsGroups))
  for (const document of DOCUMENTS_WITH_TABLES) {
    const file = new URL(`../../${document}`, import.meta.url)
    writeFileSync(file, withTables(document, readFileSync(file, 'utf8')))
  }
  return `Wrote .env.example and the tables of ${DOCUMENTS_WITH_TABLES.join(', ')}\n`
}
