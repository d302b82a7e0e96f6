import { heightOf, widthOf } from '../drawing/box.ts'
import { lengthOf } from '../drawing/outline.ts'
import { isSvgRoot } from '../element.ts'
import type { Complaint, Rule } from '../logo.ts'

export const viewBox: Rule = {
  name: 'view-box',
  check({ file, viewBox: box }): Complaint | null {
    if (typeof file === 'string' || !isSvgRoot(file.root)) return null
    const { attributes } = file.root
    if (!box) {
      return {
        problem: attributes.has('viewBox') ? 'its viewBox is not four numbers' : 'it has no viewBox',
        mend: 'Add viewBox="0 0 WIDTH HEIGHT" to the <svg>, with the size of the drawing: without it, it cannot be scaled.',
      }
    }
    const [width, height] = ['width', 'height'].map((name) =>
      lengthOf(attributes.get(name) ?? '', Number.NaN),
    )
    // A percentage says nothing about proportions.
    if (!width || !height) return null
    const difference = width / height / (widthOf(box) / heightOf(box))
    return Math.abs(difference - 1) > 0.02
      ? {
          problem: 'width and height have other proportions than the viewBox, which leaves a margin',
          mend: 'Remove width and height from the <svg>.',
        }
      : null
  },
}
