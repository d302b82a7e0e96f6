import { replaceBlock } from '../config/document-block.ts'
import { renderSettingsTable } from '../config/render-settings-table.ts'
import { renderClaims } from '../login/claim-facts.ts'
import { loginClaims } from '../login/index.ts'
import { renderFailures } from '../login/render-failures.ts'
import { settingsGroups } from '../settings.ts'
import { renderAdvice, renderTroubles, renderUploadAdvice } from './render-advice.ts'

/** Every table of the documents that is made from the code: where it stands, its name there, and what makes it. */
const TABLES: readonly { document: string; name: string; render: () => string }[] = [
  { document: 'docs/settings.md', name: 'settings', render: () => renderSettingsTable(settingsGroups) },
  ...loginClaims.map(({ login, claims }) => ({
    document: 'docs/login.md',
    name: `claims-${login}`,
    render: () => renderClaims(claims),
  })),
  { document: 'docs/troubleshooting.md', name: 'reasons', render: renderAdvice },
  { document: 'docs/troubleshooting.md', name: 'upload-reasons', render: renderUploadAdvice },
  { document: 'docs/network.md', name: 'connection-troubles', render: renderTroubles },
  { document: 'docs/login-codes.md', name: 'login-codes', render: renderFailures },
]

/** The documents that have such a table. */
export const DOCUMENTS_WITH_TABLES: readonly string[] = [...new Set(TABLES.map(({ document }) => document))]

/**
 * The text of a document with its tables made from the code.
 * @throws {AppError} when it has no place for one
 */
export const withTables = (document: string, text: string): string =>
  TABLES.filter((table) => table.document === document).reduce(
    (made, { name, render }) => replaceBlock(made, name, render()),
    text,
  )
