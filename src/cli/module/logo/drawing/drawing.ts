import { allIn, nameOf, SVG, type Element } from '../element.ts'
import { INITIAL, lookOf, property } from '../declarations.ts'
import { around, common, type Box } from './box.ts'
import { isWhite } from './colour.ts'
import { paintShape, type Canvas, type Drawing, type Place, type Shape } from './paint-shape.ts'
import { isTransform } from './placed-path.ts'

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

/** Copies may copy each other, and clip paths themselves. */
const DEEPEST_USE = 8

/** A logo is far less; copies of copies multiply. */
const MOST_WORK = 300_000
const WORK_PER_ELEMENT = 15

/** Everything that is painted inside the view box. */
export function drawingOf(root: Element, viewBox: Box): Drawing {
  const byId = new Map([...allIn(root)].map((element) => [element.attributes.get('id') ?? '', element]))
  const obstacles = new Set<string>()
  const stop = (why: string) => void obstacles.add(why)
  let work = 0
  const canvas: Canvas = {
    ...{ root, viewBox, shapes: [], clipping: false, stop },
    spend(more) {
      work += more
      if (work > MOST_WORK) stop('it has too many parts')
      return work <= MOST_WORK
    },
    target: (reference = '') => byId.get(idIn(reference)),
  }
  paint(root, { look: INITIAL, transforms: [], clip: viewBox, uses: 0 }, canvas)
  return { shapes: canvas.shapes, obstacles: [...obstacles] }
}

function paint(element: Element, place: Place, canvas: Canvas): void {
  if (!canvas.spend(WORK_PER_ELEMENT)) return
  const { name } = element
  if (element.namespace !== SVG || neverDrawn.has(name) || property(element, 'display') === 'none') return
  for (const effect of ['filter', 'marker-start', 'marker-mid', 'marker-end']) {
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

/** The place inside an element; null when nothing of it is left by what clips it. */
function enter(element: Element, place: Place, canvas: Canvas): Place | null {
  const inside = { ...moved(element, place, canvas), look: lookOf(element, place.look) }
  const clipper = canvas.target(property(element, 'clip-path'))
  const mask = canvas.target(property(element, 'mask'))
  let clip: Box | null = inside.clip
  if (clipper) clip = left(clip, outlinesIn(clipper, inside, canvas))
  if (mask) clip = left(clip, windowsIn(mask, inside, canvas))
  return clip && { ...inside, clip }
}

/** What is left of a box behind openings; null for nothing. */
function left(box: Box | null, openings: readonly Shape[]): Box | null {
  const kept = around(openings.map((opening) => opening.box))
  return box && kept && common(box, kept)
}

/** The outlines in a clip path, whatever their paint. */
function outlinesIn(clipper: Element, place: Place, canvas: Canvas): Shape[] {
  if (clipper.attributes.get('clipPathUnits') === 'objectBoundingBox')
    canvas.stop(`${nameOf(clipper)} counts in parts of what it clips`)
  return openingsIn(clipper, moved(clipper, place, canvas), { ...canvas, clipping: true })
}

/** The rectangles in a mask that lets through whole rectangles, as some editors write a clip; others hide shades. */
function windowsIn(mask: Element, place: Place, canvas: Canvas): Shape[] {
  const shapes = openingsIn(mask, place, canvas)
  const plain = shapes.every(({ plainFill, outlined }) => !outlined && plainFill && isWhite(plainFill))
  if (!plain || mask.attributes.get('maskContentUnits') === 'objectBoundingBox')
    canvas.stop(`${nameOf(mask)} hides more than rectangles would`)
  return shapes
}

/** Far around every drawing: a clip path is not clipped itself. */
const EVERYWHERE: Box = { left: -1e9, top: -1e9, right: 1e9, bottom: 1e9 }

function openingsIn(element: Element, { transforms, uses }: Place, canvas: Canvas): Shape[] {
  const shapes: Shape[] = []
  const place = { look: INITIAL, transforms, clip: EVERYWHERE, uses: uses + 1 }
  if (uses < DEEPEST_USE) for (const child of element.children) paint(child, place, { ...canvas, shapes })
  return shapes
}

/** The place behind the transform of an element. */
function moved(element: Element, place: Place, { stop }: Canvas): Place {
  const transform = property(element, 'transform')
  if (transform === undefined || transform === 'none') return place
  if (!isTransform(transform) || property(element, 'transform-origin') !== undefined)
    stop(`the transform of ${nameOf(element)} is not a plain one of SVG`)
  return { ...place, transforms: [transform, ...place.transforms] }
}

function copy(element: Element, place: Place, canvas: Canvas): void {
  const { attributes } = element
  const copied = canvas.target(attributes.get('href') ?? attributes.get('xlink:href'))
  if (!copied || place.uses >= DEEPEST_USE) return
  const to = `translate(${attributes.get('x') ?? 0} ${attributes.get('y') ?? 0})`
  const inside = { ...place, transforms: [to, ...place.transforms], uses: place.uses + 1 }
  if (copied.name !== 'symbol') paint(copied, inside, canvas)
  else if (copied.attributes.has('viewBox')) canvas.stop(`${nameOf(copied)} has a viewBox of its own`)
  else for (const child of copied.children) paint(child, inside, canvas)
}

/** The id in `#id`, `url(#id)` or `url("#id")`; no element has a blank one. */
const idIn = (reference: string) => /^(?:url\(\s*['"]?)?#([^'")]+?)['"]?\s*\)?$/.exec(reference)?.[1] ?? ' '
