import type { Element } from '../element.ts'
import type { Box } from '../view-box.ts'
import type { Draw, Drawn } from './draw.ts'
import { drawableFile, shapesIn } from './drawable.ts'
import { isColoured, isCovered, isSeenIn, paintedShare, type Picture } from './pixels.ts'

/** What is seen of a logo. */
export interface Look {
  kind: 'seen'
  picture: Picture
  /** What lies behind everything else and is neither transparent nor white; null for nothing. */
  ground: { element: Element; picture: Picture } | null
}

/** A background is painted first, or nearly so. */
const FIRST_SHAPES = 32

/** Less than any background leaves. */
const LEAST_PAINTED = 0.9

/**
 * Looks at a logo as the renderer draws it. Of a picture that is painted all over nobody can say what is background and
 * what is drawn on it: there each shape is looked at by itself, and one that alone covers everything is a background.
 */
export async function lookAt(
  root: Element,
  viewBox: Box,
  draw: Draw,
): Promise<Look | Exclude<Drawn, { kind: 'drawn' }>> {
  const whole = await draw([drawableFile(root, viewBox)])
  if (whole.kind !== 'drawn') return whole
  const [picture = new Uint8Array()] = whole.pictures
  const seen: Look = { kind: 'seen', picture, ground: null }
  if (paintedShare(picture) < LEAST_PAINTED) return seen
  const shapes = shapesIn(root).slice(0, FIRST_SHAPES)
  const alone = await draw(shapes.map((shape) => drawableFile(root, viewBox, shape)))
  if (alone.kind !== 'drawn') return alone
  const proportion = Math.min(viewBox.width / viewBox.height, viewBox.height / viewBox.width)
  const grounds = shapes
    .map((element, index) => ({ element, picture: alone.pictures[index] ?? new Uint8Array() }))
    .filter((one) => isCovered(one.picture, proportion) && isColoured(one.picture))
    .filter((one) => isSeenIn(picture, one.picture))
  return { ...seen, ground: grounds.at(-1) ?? null }
}
