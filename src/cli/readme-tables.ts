import { replaceReadmeBlock, type ReadmeBlock } from '../config/readme-block.ts'
import { renderSettingsTable } from '../config/render-settings-table.ts'
import { renderClaims } from '../login/claim-facts.ts'
import { loginClaims } from '../login/index.ts'
import { settingsGroups } from '../settings.ts'

/**
 * The README with every table that is made from the code.
 * @throws {AppError} when it has no place for one
 */
export function withTables(readme: string): string {
  const tables: [ReadmeBlock, string][] = [
    ['settings', renderSettingsTable(settingsGroups)],
    ...loginClaims.map(({ login, claims }): [ReadmeBlock, string] => [
      `claims-${login}`,
      renderClaims(claims),
    ]),
  ]
  return tables.reduce((text, [name, table]) => replaceReadmeBlock(text, name, table), readme)
}
