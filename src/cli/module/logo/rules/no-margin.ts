import { around, heightOf, widthOf, type Box } from '../drawing/box.ts'
import { isBackground } from '../drawing/is-background.ts'
import type { Rule } from '../logo.ts'

/** Part of the width or height that may be left: what a curve or a rounding leaves. */
const TOLERANCE = 0.02

export const noMargin: Rule = {
  name: 'no-margin',
  check({ drawing, viewBox }) {
    if (!drawing || !viewBox || drawing.obstacles.length > 0) return null
    const seen = drawing.shapes.filter((shape) => shape.outlined || !isBackground(shape, viewBox))
    // How far the corners of a stroke reach is not measured: where they may touch the edge, they are taken to.
    const drawn = around(seen.map(({ reach }) => reach))
    if (!drawn) return { problem: 'nothing is drawn inside the viewBox', mend: 'Put the drawing inside it.' }
    const gaps = gapsBetween(drawn, viewBox)
    if (gaps.length === 0) return null
    return {
      problem: `there is a margin: ${gaps.join(', ')}`,
      mend: `Set viewBox="${[drawn.left, drawn.top, widthOf(drawn), heightOf(drawn)].map(short).join(' ')}" and remove width and height; or fit the page to the drawing («Resize to content», «Fit artboard»).`,
    }
  },
}

function gapsBetween(drawn: Box, viewBox: Box): string[] {
  const sides = [
    ['left', (drawn.left - viewBox.left) / widthOf(viewBox)],
    ['top', (drawn.top - viewBox.top) / heightOf(viewBox)],
    ['right', (viewBox.right - drawn.right) / widthOf(viewBox)],
    ['bottom', (viewBox.bottom - drawn.bottom) / heightOf(viewBox)],
  ] as const
  return sides
    .filter(([, gap]) => gap > TOLERANCE)
    .map(([side, gap]) => `${Math.round(gap * 100)} % at the ${side}`)
}

const short = (value: number) => String(Number(value.toFixed(3)))
