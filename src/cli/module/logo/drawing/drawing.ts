import { allIn, nameOf, SVG, type Element } from '../element.ts'
import { INITIAL, lookOf, property } from '../declarations.ts'
import { common, type Box } from './box.ts'
import { clipBox, paintShape, type Canvas, type Drawing, type Place } from './paint-shape.ts'

/** Copies may copy each other. */
const DEEPEST_USE = 8

const containers = new Set(['svg', 'g', 'a', 'switch'])
const neverDrawn = new Set([
  ...[
    'defs',
    'symbol',
    'clipPath',
    'linearGradient',
    'radialGradient',
    'mask',
    'filter',
    'pattern',
    'marker',
  ],
  ...['title', 'desc', 'metadata', 'style', 'script'],
])

/** Everything that is painted inside the view box. */
export function drawingOf(root: Element, viewBox: Box): Drawing {
  const byId = new Map([...allIn(root)].map((element) => [element.attributes.get('id') ?? '', element]))
  const obstacles = new Set<string>()
  const canvas: Canvas = {
    ...{ root, viewBox, shapes: [], painted: 0 },
    stop: (why) => void obstacles.add(why),
    target: (reference = '') => byId.get(idIn(reference)),
  }
  paint(root, { look: INITIAL, transforms: [], clip: viewBox, uses: 0 }, canvas)
  return { shapes: canvas.shapes, obstacles: [...obstacles] }
}

/** A logo has far fewer elements; copies of copies multiply. */
const MOST_ELEMENTS = 20_000

function paint(element: Element, place: Place, canvas: Canvas): void {
  canvas.painted += 1
  if (canvas.painted > MOST_ELEMENTS) {
    canvas.stop('it has too many parts')
    return
  }
  const { name } = element
  if (element.namespace !== SVG || neverDrawn.has(name) || property(element, 'display') === 'none') return
  for (const effect of ['mask', 'filter', 'marker-start', 'marker-mid', 'marker-end']) {
    const value = property(element, effect)
    if (value !== undefined && value !== 'none') canvas.stop(`${nameOf(element)} has a ${effect}`)
  }
  const inside = enter(element, place, canvas)
  if (!inside) return
  if (name === 'use') copy(element, inside, canvas)
  else if (name === 'svg' && element !== canvas.root) canvas.stop('there is an <svg> inside the <svg>')
  else if (containers.has(name)) for (const child of element.children) paint(child, inside, canvas)
  else paintShape(element, inside, canvas)
}

/** The place inside an element; null when nothing of it is left by its clip path. */
function enter(element: Element, { look, transforms, clip, uses }: Place, canvas: Canvas): Place | null {
  const transform = property(element, 'transform')
  const inside = {
    ...{ look: lookOf(element, look), uses },
    transforms: transform ? [transform, ...transforms] : transforms,
  }
  const clipper = canvas.target(property(element, 'clip-path'))
  const kept = clipper ? clipBox(clipper, inside.transforms, canvas) : clip
  const left = kept && common(kept, clip)
  return left && { ...inside, clip: left }
}

function copy(element: Element, place: Place, canvas: Canvas): void {
  const { attributes } = element
  const copied = canvas.target(attributes.get('href') ?? attributes.get('xlink:href'))
  if (!copied || place.uses >= DEEPEST_USE) return
  const moved = `translate(${attributes.get('x') ?? 0} ${attributes.get('y') ?? 0})`
  const inside = { ...place, transforms: [moved, ...place.transforms], uses: place.uses + 1 }
  if (copied.name !== 'symbol') paint(copied, inside, canvas)
  else if (copied.attributes.has('viewBox')) canvas.stop(`${nameOf(copied)} has a viewBox of its own`)
  else for (const child of copied.children) paint(child, inside, canvas)
}

/** The id in `#id`, `url(#id)` or `url("#id")`; no element has a blank one. */
const idIn = (reference: string) => /^(?:url\(\s*['"]?)?#([^'")]+?)['"]?\s*\)?$/.exec(reference)?.[1] ?? ' '
