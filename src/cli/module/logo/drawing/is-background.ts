import { heightOf, widthOf, type Box } from './box.ts'
import type { Shape } from './paint-shape.ts'

/** Whether a shape is a filled rectangle over the whole view box, give or take a hundredth. */
export function isBackground({ box, plainFill }: Shape, viewBox: Box): boolean {
  const [x, y] = [widthOf(viewBox) / 100, heightOf(viewBox) / 100]
  return (
    plainFill !== null &&
    box.left <= viewBox.left + x &&
    box.top <= viewBox.top + y &&
    box.right >= viewBox.right - x &&
    box.bottom >= viewBox.bottom - y
  )
}
