import { svgPathBbox } from 'svg-path-bbox'
import svgpath from 'svgpath'
import type { Box } from './box.ts'

/** Transforms from the innermost outwards, as they stand in the attributes. */
export type Transforms = readonly string[]

/** Path data after all transforms; null when it is no path data. */
export function placedPath(d: string, transforms: Transforms): string | null {
  if (d.trim() === '') return ''
  const path = transforms.reduce((placed, transform) => placed.transform(separated(transform)), svgpath(d))
  // The library stops at the first mistake and notes it here, beside its types.
  if ((path as unknown as { err: string }).err !== '') return null
  return path.abs().toString()
}

const FUNCTION = /(matrix|translate|scale|rotate|skew[XY])\s*\(([-+\d.,eE\s]*)\)/g
const NUMBER = /[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?/gi

/** Whether a transform is written as SVG does it; CSS has units, and functions that nobody draws logos with. */
export const isTransform = (transform: string) => /^[\s,]*$/.test(transform.replace(FUNCTION, ''))

/** `translate(3-4.5.5)` is allowed and means three numbers; the library wants them apart. */
const separated = (transform: string) =>
  transform.replace(
    FUNCTION,
    (_whole, name: string, numbers: string) => `${name}(${(numbers.match(NUMBER) ?? []).join(' ')})`,
  )

/** The box around a path, without its stroke; null when nothing is drawn. */
export function boxOf(path: string): Box | null {
  if (path === '') return null
  const [left, top, right, bottom] = svgPathBbox(path)
  return [left, top, right, bottom].every(Number.isFinite) ? { left, top, right, bottom } : null
}

/** How much longer a line becomes, on average over the directions. */
export function scaleOf(transforms: Transforms): number {
  const [origin, x, y] = pointsOf(placedPath('M0 0L1 0L0 1', transforms) ?? '')
  if (!origin || !x || !y) return 1
  return Math.sqrt(
    Math.abs((x[0] - origin[0]) * (y[1] - origin[1]) - (y[0] - origin[0]) * (x[1] - origin[1])),
  )
}

/** Whether a path is one rectangle along the axes that fills its box. */
export function isRectangle(path: string): boolean {
  const box = boxOf(path)
  const points = pointsOf(path)
  if (!box || /[CSQTA]/.test(path) || (path.match(/M/g) ?? []).length !== 1) return false
  const corner = ([x, y]: Point) =>
    `${near(x, box.left) ? 'l' : near(x, box.right) ? 'r' : '?'}${near(y, box.top) ? 't' : near(y, box.bottom) ? 'b' : '?'}`
  const corners = points.map(corner)
  return corners.every((one) => !one.includes('?')) && new Set(corners).size === 4
}

type Point = readonly [number, number]

const near = (a: number, b: number) => Math.abs(a - b) < 1e-6 * Math.max(1, Math.abs(a), Math.abs(b))

function pointsOf(path: string): Point[] {
  const points: Point[] = []
  if (path === '') return points
  svgpath(path)
    .abs()
    .iterate((...step) => {
      const [[command, ...numbers], , x, y] = step
      const last = numbers.slice(-2)
      if (command === 'H') points.push([last[0] ?? x, y])
      else if (command === 'V') points.push([x, last[0] ?? y])
      else if (command !== 'Z' && command !== 'z') points.push([last[0] ?? x, last[1] ?? y])
    })
  return points
}
