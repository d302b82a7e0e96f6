import { declarationsOf, nameOf } from '../element.ts'
import type { DrawnLogo, Rule } from '../logo.ts'
import { coloursOf } from '../picture/pixels.ts'

export const background: Rule<DrawnLogo> = {
  name: 'background',
  check({ file, look: { ground } }) {
    // No renderer shows what a browser would paint behind the whole file.
    const behind = ['background', 'background-color'].map((name) => declarationsOf(file.root).get(name))
    const coloured = behind.find((paint) => paint !== undefined && !NOT_SEEN.test(paint))
    if (coloured !== undefined)
      return {
        problem: `its background is ${coloured}, not transparent or white`,
        mend: 'Remove the background from the style of the <svg>.',
      }
    return ground
      ? {
          problem: `its background is ${coloursOf(ground.picture).join(', ')}, not transparent or white`,
          mend: `Remove ${nameOf(ground.element)} behind the drawing, or fill it with white.`,
        }
      : null
  },
}

const NOT_SEEN = /^(none|transparent|white|#fff|#ffffff|rgb\(255,? ?255,? ?255\))$/i
