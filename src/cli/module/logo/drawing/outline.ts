import type { Element } from '../element.ts'
import { heightOf, widthOf, type Box } from './box.ts'

/** The outline of a basic shape or a path, as path data; null when it has none, a text when it cannot be read. */
export function outlineOf(element: Element, viewBox: Box): { d: string } | { unreadable: string } | null {
  const make = shapes[element.name]
  if (!make) return null
  const bad: string[] = []
  const number = (name: string, along: 'x' | 'y' | 'both' = 'both', fallback = 0) => {
    const text = element.attributes.get(name)
    const value = text === undefined ? fallback : lengthOf(text, extent(viewBox, along))
    if (value === null) bad.push(name)
    return value ?? 0
  }
  const d = make(number, element)
  return bad.length > 0 ? { unreadable: `${bad.join(', ')} of <${element.name}>` } : { d }
}

type Read = (name: string, along?: 'x' | 'y' | 'both', fallback?: number) => number

const shapes: Partial<Record<string, (read: Read, element: Element) => string>> = {
  path: (_read, { attributes }) => attributes.get('d') ?? '',
  polyline: (_read, { attributes }) => `M${attributes.get('points') ?? '0 0'}`,
  polygon: (_read, { attributes }) => `M${attributes.get('points') ?? '0 0'}Z`,
  line: (read) => `M${read('x1', 'x')} ${read('y1', 'y')}L${read('x2', 'x')} ${read('y2', 'y')}`,
  circle: (read) => ellipse(read('cx', 'x'), read('cy', 'y'), { rx: read('r'), ry: read('r') }),
  ellipse: (read) => ellipse(read('cx', 'x'), read('cy', 'y'), { rx: read('rx', 'x'), ry: read('ry', 'y') }),
  rect(read, { attributes }) {
    const [x, y, width, height] = [read('x', 'x'), read('y', 'y'), read('width', 'x'), read('height', 'y')]
    if (width <= 0 || height <= 0) return ''
    const round = attributes.has('rx') || attributes.has('ry')
    if (!round) return `M${x} ${y}H${x + width}V${y + height}H${x}Z`
    const rx = Math.min(read('rx', 'x', read('ry', 'y')), width / 2)
    const ry = Math.min(read('ry', 'y', read('rx', 'x')), height / 2)
    if (rx <= 0 || ry <= 0) return `M${x} ${y}H${x + width}V${y + height}H${x}Z`
    const arc = (dx: number, dy: number) => `a${rx} ${ry} 0 0 1 ${dx} ${dy}`
    const [across, down] = [width - 2 * rx, height - 2 * ry]
    return `M${x + rx} ${y}h${across}${arc(rx, ry)}v${down}${arc(-rx, ry)}h${-across}${arc(-rx, -ry)}v${-down}${arc(rx, -ry)}Z`
  },
}

function ellipse(cx: number, cy: number, { rx, ry }: { rx: number; ry: number }): string {
  if (rx <= 0 || ry <= 0) return ''
  return `M${cx - rx} ${cy}a${rx} ${ry} 0 1 0 ${2 * rx} 0a${rx} ${ry} 0 1 0 ${-2 * rx} 0Z`
}

/** A length in units of the drawing; a percentage is one of `whole`. Null for units that depend on the screen. */
export function lengthOf(text: string, whole: number): number | null {
  const [, digits, unit] = /^([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)(px|%)?$/i.exec(text.trim()) ?? []
  if (digits === undefined) return null
  return unit === '%' ? (Number(digits) / 100) * whole : Number(digits)
}

function extent(box: Box, along: 'x' | 'y' | 'both'): number {
  if (along === 'x') return widthOf(box)
  if (along === 'y') return heightOf(box)
  return Math.hypot(widthOf(box), heightOf(box)) / Math.SQRT2
}
