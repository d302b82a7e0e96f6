import { lookAlikeIn } from '../../config/character-name.ts'
import { settingFacts } from '../../config/setting-facts.ts'
import type { SettingsSource } from '../../config/text-value.ts'
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
export function findLookAlikes({ env }: SettingsSource): Finding {
  const facts = settingsGroups.flatMap(({ schema }) => settingFacts(schema))
  const found = [
    ...facts
      .filter(({ secret }) => !secret)
      .map(({ name }) => ({ name, strange: lookAlikeIn(env[name] ?? '') })),
    // Only names that would be ours if it were not for that letter.
    ...Object.keys(env)
      .filter((name) => /[^\x20-\x7e]/.test(name))
      .map((name) => ({ name, strange: lookAlikeIn(name) })),
  ].filter(({ strange }) => strange !== null)
  if (found.length === 0) return pass('none in names and values')
  const words = found.map(({ name, strange }) => `${name} has ${strange ?? ''}`).join('; ')
  return warning(words, 'Type these again instead of pasting them.')
}
