import type { DrawnLogo, Rule } from '../logo.ts'
import { drawnBox, paintedBox } from '../picture/pixels.ts'
import type { Box } from '../view-box.ts'

/** Part of the width or height that may be left: what a curve or a rounding leaves. */
const TOLERANCE = 0.02

export const noMargin: Rule<DrawnLogo> = {
  name: 'no-margin',
  check({ look: { picture, ground }, viewBox }) {
    const drawn = drawnBox(picture, ground?.picture ?? null)
    if (!drawn) return NOTHING
    const gaps = gapsAround(drawn)
    if (gaps.length === 0) return null
    const painted = paintedBox(picture)
    const white = !ground && painted !== null && gapsAround(painted).length < gaps.length
    return {
      problem: `there is a margin: ${gaps.join(', ')}${white ? ' (what is white is not seen on a white page)' : ''}`,
      mend: `Set viewBox="${inUnitsOf(viewBox, drawn)}" and remove width and height; or fit the page to the drawing («Resize to content», «Fit artboard»).`,
    }
  },
}

const NOTHING = {
  problem: 'nothing is drawn inside the viewBox, or nothing but a background',
  mend: 'Put the drawing inside it.',
}

function gapsAround({ left, top, width, height }: Box): string[] {
  const sides = [
    ['left', left],
    ['top', top],
    ['right', 1 - left - width],
    ['bottom', 1 - top - height],
  ] as const
  return sides
    .filter(([, gap]) => gap > TOLERANCE)
    .map(([side, gap]) => `${Math.round(gap * 100)} % at the ${side}`)
}

/** The four numbers of a smaller view box, to a hundredth of the larger one or better. */
function inUnitsOf(viewBox: Box, part: Box): string {
  const short = (length: number, whole: number) => {
    const decimals = Math.min(20, Math.max(0, 2 - Math.floor(Math.log10(whole))))
    return String(Number(length.toFixed(decimals)))
  }
  return [
    short(viewBox.left + part.left * viewBox.width, viewBox.width),
    short(viewBox.top + part.top * viewBox.height, viewBox.height),
    short(part.width * viewBox.width, viewBox.width),
    short(part.height * viewBox.height, viewBox.height),
  ].join(' ')
}
