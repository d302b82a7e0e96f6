import { Eta } from 'eta'
import { readdirSync, readFileSync } from 'node:fs'

const FOLDER = new URL('./templates/', import.meta.url)

/**
 * Reads and compiles every template once, so that a missing or broken file stops the start and not a visitor.
 * `render(name, data)` escapes whatever a template prints.
 */
export const loadTemplates = () => {
  const eta = new Eta({ autoEscape: true, cache: true })
  for (const file of readdirSync(FOLDER)) {
    eta.loadTemplate(`@${file.replace(/\.eta$/, '')}`, readFileSync(new URL(file, FOLDER), 'utf8'))
  }
  return { render: (name: string, data: object) => eta.render(`@${name}`, data) }
}
