import { nameOfCharacter } from '../../config/character-name.ts'
import type { BrokenRule } from './logo/check-logo.ts'

/** What is wrong with the public name of a module; Wazzup's page: in English, letters, digits and hyphens, at most 50. */
export function checkName(name: string): BrokenRule[] {
  const rule = 'name'
  const strange = Array.from(name).find((character) => !/[A-Za-z0-9 -]/.test(character))
  if (strange !== undefined) {
    return [
      {
        ...{ rule, problem: `the name has ${nameOfCharacter(strange)}` },
        mend: 'Write it in English, with Latin letters, digits, hyphens and spaces only.',
      },
    ]
  }
  if (!/[A-Za-z]/.test(name) || name !== name.trim() || name.includes('  ')) {
    return [
      {
        ...{ rule, problem: 'the name has no letter, or spaces that nobody sees' },
        mend: 'Write the name of your CRM as it should stand in the marketplace.',
      },
    ]
  }
  if (name.length <= 50) return []
  return [
    {
      ...{ rule, problem: `the name has ${name.length} characters; Wazzup takes at most 50` },
      mend: 'Shorten it.',
    },
  ]
}
