import { nameOf, type Element } from '../element.ts'
import type { Look } from '../declarations.ts'
import { common, grown, type Box } from './box.ts'
import { isNothing, isWhite } from './colour.ts'
import { lengthOf, outlineOf } from './outline.ts'
import { boxOf, isRectangle, placedPath, scaleOf, type Transforms } from './placed-path.ts'

/** One thing that is painted, in the order of painting. */
export interface Shape {
  /** With its stroke, and as far as it is not clipped away. */
  box: Box
  /** As `box`, with the longest tips that the corners of its stroke may have. */
  reach: Box
  /** What fills it, if it is a rectangle: such a thing may be a background. */
  plainFill: string | null
  /** Whether a stroke is seen that is not white. */
  outlined: boolean
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
  /** In a clip path the outlines count, and no paint. */
  clipping: boolean
  /** False when the drawing has become more work than any logo is. */
  spend: (work: number) => boolean
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

/** How far the tip of a stroke's corner may reach, in half widths: the initial `stroke-miterlimit`. */
const TIP = 4

/** Paints a basic shape or a path. */
export function paintShape(element: Element, { look, transforms, clip }: Place, canvas: Canvas): void {
  const path = pathOf(element, transforms, canvas)
  const outline = path ? boxOf(path) : null
  if (!path || !outline || !look.visible) return
  const filled = canvas.clipping || isSeen(look, look.fill, look.fillOpacity)
  const half = canvas.clipping ? 0 : (strokeWidthOf(look) * scaleOf(transforms)) / 2
  if (!filled && half === 0) return
  const pointed = look.lineJoin === 'miter' && /^(path|poly)/.test(element.name)
  const box = common(grown(outline, half), clip)
  const reach = common(grown(outline, pointed ? half * TIP : half), clip)
  if (!box || !reach) return
  canvas.shapes.push({
    ...{ box, reach },
    plainFill:
      filled && isFrame(element, look, { transforms, canvas, path }) ? paintIn(look, look.fill) : null,
    outlined: half > 0 && !isWhite(paintIn(look, look.stroke)),
  })
}

/** Zero when no stroke is seen. */
const strokeWidthOf = (look: Look) =>
  isSeen(look, look.stroke, look.strokeOpacity) ? (lengthOf(look.strokeWidth, 1) ?? 1) : 0

/** Part of the shorter side. A coloured rectangle that is rounder than this is a badge, not a background. */
const ROUNDEST = 0.1

interface Placed {
  transforms: Transforms
  canvas: Canvas
  path: string
}

/** Whether it is a rectangle along the axes; with round corners, one that a page could have behind the drawing. */
function isFrame(element: Element, look: Look, { transforms, canvas, path }: Placed): boolean {
  if (element.name !== 'rect') return isRectangle(path)
  const length = (name: string) => lengthOf(element.attributes.get(name) ?? '', Number.NaN) ?? 0
  const round = Math.max(length('rx') || 0, length('ry') || 0)
  const roundness = round / Math.min(length('width'), length('height'))
  if (roundness > ROUNDEST && !isWhite(paintIn(look, look.fill))) return false
  const attributes = new Map([...element.attributes].filter(([name]) => name !== 'rx' && name !== 'ry'))
  return isRectangle(pathOf({ ...element, attributes }, transforms, canvas) ?? '')
}

function pathOf(element: Element, transforms: Transforms, { viewBox, stop, spend }: Canvas): string | null {
  const outline = outlineOf(element, viewBox)
  if (!outline || 'unreadable' in outline) {
    stop(outline ? `${outline.unreadable} cannot be read` : `${nameOf(element)} is not a path`)
    return null
  }
  if (!spend(outline.d.length)) return null
  const path = placedPath(outline.d, transforms)
  if (path === null) stop(`the path data of ${nameOf(element)} cannot be read`)
  return path
}

const paintIn = (look: Look, paint: string) => (/^currentcolor$/i.test(paint) ? look.color : paint)

const isSeen = (look: Look, paint: string, opacity: number) =>
  !isNothing(paintIn(look, paint)) && opacity * look.opacity > 0
