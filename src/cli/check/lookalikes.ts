import { lookAlikeIn } from '../../config/character-name.ts'
import { settingFacts } from '../../config/setting-facts.ts'
import { textValue, type SettingsSource } from '../../config/text-value.ts'
import { settingsGroups } from '../../settings.ts'
import { pass, warning, type Check, type Finding } from './check.ts'

export const letters: Check = {
  name: 'letters',
  title: 'Look-alike letters',
  network: false,
  run: ({ source }) => findLookAlikes(source),
}

/**
 * Looks for letters that only look Latin, in names and values: Wazzup's own documents have some. Works on the raw
 * texts, so that it helps, too, where the settings cannot be read. Secrets are left to their own, stricter rule.
 */
export function findLookAlikes(source: SettingsSource): Finding {
  const { env } = source
  const facts = settingsGroups.flatMap(({ schema }) => settingFacts(schema))
  const found = [
    ...facts
      .filter(({ secret }) => !secret)
      .map(({ name }) => ({ name, strange: lookAlikeIn(valueOf(name, source)) })),
    // Only names that would be ours if it were not for that letter.
    ...[...Object.keys(env), ...namesInFile(source)]
      .filter((name) => /[^\x20-\x7e]/.test(name))
      .map((name) => ({ name, strange: lookAlikeIn(name) })),
  ].filter(({ strange }) => strange !== null)
  if (found.length === 0) return pass('none in names and values')
  const words = found.map(({ name, strange }) => `${name} has ${strange ?? ''}`).join('; ')
  return warning(words, 'Type these again instead of pasting them.')
}

function valueOf(name: string, source: SettingsSource): string {
  const value = textValue(name, source)
  return typeof value === 'string' ? value : ''
}

/** The names in `.env` as they stand there: what reads it leaves out lines whose name it does not understand. */
function namesInFile({ readFile }: SettingsSource): string[] {
  try {
    return readFile('.env')
      .split('\n')
      .flatMap((line) => /^\s*(?:export\s+)?([^#=\s]+)\s*=/.exec(line)?.[1] ?? [])
  } catch {
    return []
  }
}
