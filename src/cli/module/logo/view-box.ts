/** A rectangle along the axes. */
export interface Box {
  left: number
  top: number
  width: number
  height: number
}

/** The four numbers of a `viewBox`; null for anything else, and for a box with nothing in it. */
export function viewBoxOf(text: string | undefined): Box | null {
  const numbers =
    text
      ?.trim()
      .split(/[\s,]+/)
      .map(Number) ?? []
  const [left, top, width, height] = numbers
  if (numbers.length !== 4 || !numbers.every(Number.isFinite)) return null
  if (left === undefined || top === undefined || !width || !height || width < 0 || height < 0) return null
  return { left, top, width, height }
}
