import type { Inspection } from '../../store/inspection.ts'
import { failure, pass, warning, type Check, type Finding } from './check.ts'

export const database: Check = {
  name: 'database',
  title: 'Database',
  network: false,
  run: async ({ inspection }) => findingOf(await inspection()),
}

function findingOf(found: Inspection): Finding {
  if (found.kind === 'missing') return missing(found.folder)
  if (found.kind === 'unusable') return unusable(found)
  if (found.readOnly !== null) return readOnly(found.readOnly, found.hint)
  if (found.unknown > 0) {
    return failure(
      'a newer version has migrated it',
      'Run that version, or restore the copy that was made before the update.',
    )
  }
  if (found.pending.length > 0) {
    return warning(
      `writable, but not migrated yet: ${found.pending.join(', ')}`,
      'Make a copy of it (wauth backup), then: wauth migrate',
    )
  }
  return pass('writable, and at the schema of this version')
}

function readOnly(why: string, hint?: string): Finding {
  if (why.startsWith('SQLITE_BUSY')) {
    return warning('another process is writing to it just now', 'Run this check again.')
  }
  return failure(
    `nothing can be written to it (${why})`,
    hint ??
      'Give the user of this service the right to write to the file and to its folder, and look for a full disk.',
  )
}

function missing(folder: 'writable' | 'read_only' | 'missing'): Finding {
  if (folder === 'missing') {
    return failure(
      'its folder does not exist',
      'Create the folder that DATABASE_URL names, or mount its volume.',
    )
  }
  return folder === 'read_only'
    ? failure(
        'there is none, and its folder cannot be written to',
        'Give the user of this service that right.',
      )
    : warning(
        'there is none yet, and there can be one',
        'The first start of the service makes it. If there should be one already, check DATABASE_URL.',
      )
}

function unusable({ code, says, hint }: Extract<Inspection, { kind: 'unusable' }>): Finding {
  if (code.startsWith('SQLITE_BUSY')) {
    return warning(
      'another process holds it',
      'Run this check again when a backup, perhaps, has let go of it.',
    )
  }
  return failure(
    says ?? `it cannot be opened (${code})`,
    hint ?? 'Check that DATABASE_URL names a database that this user may read and write.',
  )
}
