import type { Problem } from '../../config/config-error.ts'
import { pass, warning, type Check } from './check.ts'

/** They are read before any check is made; here is what the reading left to say. */
export const configuration: Check = {
  name: 'settings',
  title: 'Settings',
  network: false,
  run({ settings: { warnings, previous } }) {
    const all = [...warnings, ...previous.map(stillCounts)]
    if (all.length === 0) return pass('complete, and in agreement with each other')
    const found = all.map(({ name, problem }) => `${name} ${problem}`)
    const hints = new Set(all.map(({ hint }) => hint))
    return warning(`complete, but ${found.join('; ')}`, [...hints].join(' '))
  },
}

const stillCounts = (name: string): Problem => ({
  name,
  problem: 'still counts beside the newer one',
  hint: 'Remove it, and start again, as soon as everybody has the newer one.',
})
