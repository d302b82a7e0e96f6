import { pass, warning, type Check } from './check.ts'

/** They are read before any check is made; here is what the reading left to say. */
export const configuration: Check = {
  name: 'settings',
  title: 'Settings',
  network: false,
  run({ settings: { warnings, previous } }) {
    const [first] = warnings
    if (!first && previous.length > 0) {
      const next = 'Remove it, and start again, as soon as everybody has the newer one.'
      return warning(`complete; ${previous.join(', ')} still counts beside the newer one`, next)
    }
    if (!first) return pass('complete, and in agreement with each other')
    const found = warnings.map(({ name, problem }) => `${name} ${problem}`)
    const hints = new Set(warnings.map(({ hint }) => hint))
    return warning(`complete, but ${found.join('; ')}`, [...hints].join(' '))
  },
}
