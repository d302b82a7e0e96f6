import { allIn, nameOf, SVG, XHTML, type Element } from '../element.ts'
import type { Rule } from '../logo.ts'

/** Elements that run, move, or let other languages in. */
const active = new Set([
  ...[
    'script',
    'handler',
    'listener',
    'foreignobject',
    'iframe',
    'object',
    'embed',
    'audio',
    'video',
    'canvas',
  ],
  ...['animate', 'animatemotion', 'animatetransform', 'animatecolor', 'set', 'discard'],
])

export const noScripts: Rule = {
  name: 'no-scripts',
  check({ file }) {
    if (typeof file === 'string') return null
    const found = [...allIn(file.root)].flatMap(partsThatRun)
    return found.length === 0
      ? null
      : {
          problem: `there are parts that can run: ${[...new Set(found)].join(', ')}`,
          mend: 'Remove them, or export a plain SVG (Inkscape: «Plain SVG»; or npx svgo logo.svg).',
        }
  },
}

function partsThatRun(element: Element): string[] {
  const itself =
    active.has(element.name.toLowerCase()) || element.namespace === XHTML ? [nameOf(element)] : []
  // What an editor notes in a language of its own is run by nobody.
  const runs = element.namespace === SVG || element.namespace === XHTML || element.namespace === ''
  const handlers = [...element.attributes.keys()].filter((name) => runs && /^on/i.test(name))
  return [...itself, ...handlers.map((name) => `${name} on <${element.name}>`)]
}
