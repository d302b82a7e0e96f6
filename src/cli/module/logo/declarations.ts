import type { Element } from './element.ts'

/** What may be said by an attribute or in `style`, and decides what is drawn. */
export interface Look {
  fill: string
  stroke: string
  strokeWidth: string
  lineJoin: string
  /** Products of the opacities of everything around. */
  opacity: number
  fillOpacity: number
  strokeOpacity: number
  color: string
  visible: boolean
}

export const INITIAL: Look = {
  ...{ fill: 'black', stroke: 'none', strokeWidth: '1', lineJoin: 'miter', color: 'black', visible: true },
  ...{ opacity: 1, fillOpacity: 1, strokeOpacity: 1 },
}

/** One property of an element: `style` wins over the attribute, as in a browser. */
export function property(element: Element, name: string): string | undefined {
  return declarationsOf(element).get(name) ?? element.attributes.get(name)?.trim()
}

/** The declarations of a `style` attribute. Texts in quotes have no place in what is looked for here. */
function declarationsOf({ attributes }: Element): Map<string, string> {
  const declarations = new Map<string, string>()
  for (const declaration of (attributes.get('style') ?? '').split(';')) {
    const [name = '', ...value] = declaration.split(':')
    if (value.length === 0) continue
    declarations.set(
      name.trim().toLowerCase(),
      value
        .join(':')
        .replace(/!important\s*$/, '')
        .trim(),
    )
  }
  return declarations
}

/** How an element looks inside something that looks like `around`. */
export function lookOf(element: Element, around: Look): Look {
  const inherited = (name: string, from: string) => {
    const value = property(element, name)
    return value === undefined || value === 'inherit' ? from : value
  }
  const part = (name: string, from: number) => {
    const value = property(element, name)
    return value === undefined || value === 'inherit' ? from : share(value)
  }
  const visibility = property(element, 'visibility')
  return {
    fill: inherited('fill', around.fill),
    stroke: inherited('stroke', around.stroke),
    strokeWidth: inherited('stroke-width', around.strokeWidth),
    lineJoin: inherited('stroke-linejoin', around.lineJoin),
    color: inherited('color', around.color),
    opacity: around.opacity * part('opacity', 1),
    fillOpacity: part('fill-opacity', around.fillOpacity),
    strokeOpacity: part('stroke-opacity', around.strokeOpacity),
    visible: visibility === undefined ? around.visible : visibility === 'visible',
  }
}

function share(text: string): number {
  const value = text.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text)
  return Number.isFinite(value) ? value : 1
}
