import { allIn, declarationsOf, nameOf, SVG, type Element } from '../element.ts'
import type { Complaint, Rule } from '../logo.ts'

/** What is drawn must be known, or nothing can be said about margin and background. */
export const measurable: Rule = {
  name: 'measurable',
  check({ file }) {
    if (typeof file === 'string') return null
    const elements = [...allIn(file.root)].filter(({ namespace }) => namespace === SVG)
    const texts = elements.filter(({ name }) => name === 'text').map((one) => `${nameOf(one)} is not a path`)
    const others = elements.flatMap((element) => drawnOtherwise(element, element === file.root))
    const [first] = [...texts, ...others]
    if (first === undefined) return null
    return notMeasured([...new Set([...texts, ...others])].slice(0, 5).join('; '), texts.length > 0)
  },
}

/** The complaint about a logo that cannot be looked at. */
export const notMeasured = (why: string, hasText = false): Complaint => ({
  problem: `its margins cannot be measured: ${why}`,
  mend: hasText
    ? 'Turn text into paths («Object to path», «Create outlines»): the font is not on the other machine either.'
    : 'Turn everything into plain paths («Object to path», «Expand»; or npx svgo logo.svg).',
})

/** Properties of CSS that browsers know in a `style` and programs that draw SVG do not, the renderer among them. */
const ONLY_IN_BROWSERS =
  /^(x|y|r|rx|ry|cx|cy|d|width|height|translate|rotate|scale|zoom|perspective|offset(-\w+)?|transform-(origin|box))$/

/** Where a function of CSS could stand that decides what is drawn. */
const PAINTS = /^((fill|stroke|stop|flood)(-\w+)*|color|lighting-color|opacity|clip-path|mask|filter)$/

/** The functions that mean the same to all. */
const FUNCTIONS: Record<string, RegExp> = {
  // In CSS, lengths and angles have units, and in SVG none: only these are numbers in both.
  transform: /^(matrix|scale)$/,
  filter: /^(url|blur|brightness|contrast|drop-shadow|grayscale|hue-rotate|invert|opacity|saturate|sepia)$/,
}
const USUAL_FUNCTIONS = /^(url|rgba?|hsla?)$/

/** What of an element this renderer draws otherwise than a browser. The size of the whole file is set here in any case. */
function drawnOtherwise(element: Element, isRoot: boolean): string[] {
  const declared = [...declarationsOf(element)]
  const attributes = [...element.attributes].filter(
    ([name]) => PAINTS.test(name) || name === 'transform-origin',
  )
  const properties = [...declared, ...attributes].filter(
    ([name, value]) => (!isRoot && ONLY_IN_BROWSERS.test(name)) || hasOtherFunction(name, value),
  )
  return properties.map(([name]) => `${name} of ${nameOf(element)}`)
}

function hasOtherFunction(property: string, value: string): boolean {
  const known = FUNCTIONS[property] ?? USUAL_FUNCTIONS
  return [...value.matchAll(/(?<![\\\w-])([\w-]+)\(/g)].some(([, name = '']) => !known.test(name))
}
