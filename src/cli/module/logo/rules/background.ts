import { property } from '../declarations.ts'
import { isNothing, isWhite } from '../drawing/colour.ts'
import { isBackground } from '../drawing/is-background.ts'
import type { Rule } from '../logo.ts'

export const background: Rule = {
  name: 'background',
  check({ file, drawing, viewBox }) {
    if (typeof file === 'string' || !drawing || !viewBox) return null
    const behind = ['background', 'background-color'].map((name) => property(file.root, name))
    const rectangles = drawing.shapes
      .filter((shape) => isBackground(shape, viewBox))
      .map(({ plainFill }) => plainFill)
    const coloured = [...behind, ...rectangles]
      .filter((paint) => paint !== undefined && paint !== null)
      .filter((paint) => !isNothing(paint) && !isWhite(paint))
    return coloured.length === 0
      ? null
      : {
          problem: `its background is ${coloured.join(', ')}, not transparent or white`,
          mend: 'Remove the rectangle behind the drawing, or fill it with white.',
        }
  },
}
