import { allIn } from '../element.ts'
import type { Rule } from '../logo.ts'

/** Style sheets of several pictures on one page mix; and what one of them paints cannot be checked here. */
export const noStyleSheets: Rule = {
  name: 'no-style-sheets',
  check({ file }) {
    if (typeof file === 'string') return null
    const found = [...allIn(file.root)].some(({ name, text }) => name === 'style' && text.trim() !== '')
    return found
      ? {
          problem: 'there is a style sheet (<style>), so colours and margins cannot be checked',
          mend: 'Export with presentation attributes (Illustrator: «Styling: Presentation Attributes»; Inkscape: «Optimized SVG»).',
        }
      : null
  },
}
