import { pass, warning, type Check } from './check.ts'

/** They are read before any check is made; here is what the reading left to say. */
export const configuration: Check = {
  name: 'settings',
  title: 'Settings',
  network: false,
  run({ settings: { warnings } }) {
    const [first] = warnings
    if (!first) return pass('complete, and in agreement with each other')
    const names = warnings.map(({ name }) => name).join(', ')
    return warning(
      `complete, but these are no settings of this service: ${names}`,
      warnings.length === 1 ? first.hint : 'Look for typing mistakes, or remove them.',
    )
  },
}
