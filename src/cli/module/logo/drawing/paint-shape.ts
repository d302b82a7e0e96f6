import { nameOf, type Element } from '../element.ts'
import type { Look } from '../declarations.ts'
import { around, common, grown, type Box } from './box.ts'
import { isNothing } from './colour.ts'
import { lengthOf, outlineOf } from './outline.ts'
import { boxOf, isRectangle, placedPath, scaleOf, type Transforms } from './placed-path.ts'

/** One thing that is painted, in the order of painting. */
export interface Shape {
  /** With its stroke, and as far as it is not clipped away. */
  box: Box
  /** What fills it, if it is a plain rectangle without a stroke: such a thing may be a background. */
  plainFill: string | null
}

/** What a drawing paints, and what keeps us from knowing. */
export interface Drawing {
  shapes: Shape[]
  /** As sentences begin: «<text> is not a path». */
  obstacles: string[]
}

/** Where the shapes of a drawing are collected. */
export interface Canvas {
  root: Element
  viewBox: Box
  shapes: Shape[]
  /** How many elements have been painted so far, copies included. */
  painted: number
  stop: (why: string) => void
  /** The element that `#id` or `url(#id)` means. */
  target: (reference: string | undefined) => Element | undefined
}

/** What an element inherits from those around it. `uses`: through how many copies it is reached. */
export interface Place {
  look: Look
  transforms: Transforms
  clip: Box
  uses: number
}

/** Paints a basic shape or a path. */
export function paintShape(element: Element, { look, transforms, clip }: Place, canvas: Canvas): void {
  const path = pathOf(element, transforms, canvas)
  const outline = path ? boxOf(path) : null
  const filled = isSeen(look, look.fill, look.fillOpacity)
  const stroked = isSeen(look, look.stroke, look.strokeOpacity) && look.strokeWidth !== '0'
  if (!path || !outline || !look.visible || (!filled && !stroked)) return
  const width = stroked ? (lengthOf(look.strokeWidth, 1) ?? 1) * scaleOf(transforms) : 0
  const box = common(grown(outline, width / 2), clip)
  if (!box) return
  const plainFill = filled && !stroked && isRectangle(path) ? paintIn(look, look.fill) : null
  canvas.shapes.push({ box, plainFill })
}

/** The box that a clip path leaves; null for nothing. */
export function clipBox(clipper: Element, transforms: Transforms, canvas: Canvas): Box | null {
  if (clipper.attributes.get('clipPathUnits') === 'objectBoundingBox') {
    canvas.stop(`${nameOf(clipper)} counts in parts of what it clips`)
  }
  const boxes = clipper.children.flatMap((child) => {
    const own = child.attributes.get('transform')
    const path = pathOf(child, own ? [own, ...transforms] : transforms, canvas)
    return path ? (boxOf(path) ?? []) : []
  })
  return around(boxes)
}

function pathOf(element: Element, transforms: Transforms, { viewBox, stop }: Canvas): string | null {
  const outline = outlineOf(element, viewBox)
  if (!outline || 'unreadable' in outline) {
    stop(outline ? `${outline.unreadable} cannot be read` : `${nameOf(element)} is not a path`)
    return null
  }
  const path = placedPath(outline.d, transforms)
  if (path === null) stop(`the path data of ${nameOf(element)} cannot be read`)
  return path
}

const paintIn = (look: Look, paint: string) => (/^currentcolor$/i.test(paint) ? look.color : paint)

const isSeen = (look: Look, paint: string, opacity: number) =>
  !isNothing(paintIn(look, paint)) && opacity * look.opacity > 0
