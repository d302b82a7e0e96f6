import { allIn, type Element } from '../element.ts'
import type { Rule } from '../logo.ts'

/** Whatever is not in the file itself: Wazzup's page would have to fetch it, and its customers would be told on. */
export const noOutsideReferences: Rule = {
  name: 'no-outside-references',
  check({ file }) {
    if (typeof file === 'string') return null
    const found = [
      ...(file.doctype ? ['the <!DOCTYPE …> line'] : []),
      ...file.instructions.map((target) => `the <?${target} …?> line`),
      ...[...allIn(file.root)].flatMap(referencesOut),
    ]
    return found.length === 0
      ? null
      : {
          problem: `it refers to things outside itself: ${[...new Set(found)].join(', ')}`,
          mend: 'Remove these; draw embedded pictures as paths, and refer only to ids of the file itself (#name).',
        }
  },
}

function referencesOut(element: Element): string[] {
  const out = [...element.attributes].filter(([name, value]) => leadsOut(name, value)).map(([name]) => name)
  const inText = element.name === 'style' && cssLeadsOut(element.text) ? ['its text'] : []
  return [...out, ...inText].map((what) => `${what} of <${element.name}>`)
}

function leadsOut(name: string, value: string): boolean {
  if (/^((xlink:)?href|src|data|xml:base)$/i.test(name)) return !value.trim().startsWith('#')
  // Elsewhere a backslash is only a backslash: editors note the names of files.
  return paints.test(name) ? cssLeadsOut(value) : urlLeadsOut(value)
}

const paints = /^(style|fill|stroke|filter|mask|clip-path|marker(-\w+)?|cursor|color|background.*)$/i

/** A backslash could hide any of the words, and nothing that draws needs one. */
const cssLeadsOut = (css: string) =>
  /\\|@import|image-set\(|(?:^|[^\w-])(?:image|src|element)\(/i.test(css) || urlLeadsOut(css)

const urlLeadsOut = (text: string) =>
  [...text.matchAll(/url\(\s*["']?\s*([^"')]*)/gi)].some(([, target = '']) => !target.startsWith('#'))
