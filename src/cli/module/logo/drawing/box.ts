/** A rectangle along the axes. */
export interface Box {
  left: number
  top: number
  right: number
  bottom: number
}

/** The smallest box around all of them; null for none. */
export function around(boxes: readonly Box[]): Box | null {
  const [first, ...others] = boxes
  return first ? others.reduce(both, first) : null
}

const both = (a: Box, b: Box): Box => ({
  left: Math.min(a.left, b.left),
  top: Math.min(a.top, b.top),
  right: Math.max(a.right, b.right),
  bottom: Math.max(a.bottom, b.bottom),
})

/** What two boxes have in common; null for nothing. */
export function common(a: Box, b: Box): Box | null {
  const box = {
    left: Math.max(a.left, b.left),
    top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right),
    bottom: Math.min(a.bottom, b.bottom),
  }
  return box.left <= box.right && box.top <= box.bottom ? box : null
}

export const grown = (box: Box, by: number): Box => ({
  left: box.left - by,
  top: box.top - by,
  right: box.right + by,
  bottom: box.bottom + by,
})

export const widthOf = ({ left, right }: Box) => right - left
export const heightOf = ({ top, bottom }: Box) => bottom - top
