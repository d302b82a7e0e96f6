import { SVG, XLINK, type Element } from '../element.ts'
import type { Box } from '../view-box.ts'
import { SIDE } from './pixels.ts'

/** What draws only where something refers to it, or never. */
const NEVER_DRAWN = new Set([
  ...['defs', 'symbol', 'clipPath', 'linearGradient', 'radialGradient', 'mask', 'filter', 'pattern'],
  ...['marker', 'title', 'desc', 'metadata', 'style'],
])

const CONTAINERS = new Set(['svg', 'g', 'a', 'switch'])

/**
 * A file for the renderer: what the rules have read, written again, so that two parsers cannot read it in two ways. The
 * view box fills a square of `SIDE` pixels. What is in other languages, or only noted by an editor, draws nothing.
 * @param alone the only element that is to be drawn; what it refers to stays
 */
export function drawableFile(root: Element, viewBox: Box, alone?: Element): string {
  const { left, top, width, height } = viewBox
  const attributes = new Map(root.attributes)
  for (const name of ['x', 'y']) attributes.delete(name)
  attributes.set('viewBox', [left, top, width, height].join(' '))
  attributes.set('width', String(SIDE)).set('height', String(SIDE)).set('preserveAspectRatio', 'none')
  const open = `<svg xmlns="${SVG}" xmlns:xlink="${XLINK}"${written(attributes)}>`
  return `${open}${root.children.map((child) => elementText(child, alone)).join('')}</svg>`
}

/** The shapes that a drawing is made of, in the order of painting. */
export function shapesIn({ children }: Element): Element[] {
  return children.flatMap((child) => {
    if (child.namespace !== SVG || NEVER_DRAWN.has(child.name)) return []
    return CONTAINERS.has(child.name) ? shapesIn(child) : [child]
  })
}

function elementText(element: Element, alone?: Element): string {
  if (element.namespace !== SVG) return ''
  const { name, attributes, children } = element
  const inside = (only?: Element) =>
    `<${name}${written(attributes)}>${children.map((child) => elementText(child, only)).join('')}</${name}>`
  if (!alone || element === alone || NEVER_DRAWN.has(name)) return inside()
  return CONTAINERS.has(name) ? inside(alone) : `<defs>${inside()}</defs>`
}

const written = (attributes: Element['attributes']) =>
  [...attributes]
    .filter(([name]) => name !== 'xmlns' && (name === 'xlink:href' || !name.includes(':')))
    .map(([name, text]) => ` ${name}="${text.replace(/[&<>"\s]/g, (one) => `&#${one.charCodeAt(0)};`)}"`)
    .join('')
