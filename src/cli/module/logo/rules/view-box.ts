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
    const [width, height] = ['width', 'height'].map((name) => withoutUnit(attributes.get(name) ?? ''))
    // A percentage says nothing about proportions, and a drawing that is stretched leaves no margin.
    if (!width || !height || width.unit !== height.unit) return null
    if (attributes.get('preserveAspectRatio')?.trim() === 'none') return null
    const difference = width.value / height.value / (box.width / box.height)
    return Math.abs(difference - 1) > 0.02
      ? {
          problem: 'width and height have other proportions than the viewBox, which leaves a margin',
          mend: 'Remove width and height from the <svg>.',
        }
      : null
  },
}

/** `24mm` in parts; null for what has no proportions. */
function withoutUnit(text: string): { value: number; unit: string } | null {
  const [, digits, unit = ''] = /^(\d+(?:\.\d*)?|\.\d+)([a-z]{0,4})$/i.exec(text.trim()) ?? []
  return Number(digits) > 0 ? { value: Number(digits), unit } : null
}
