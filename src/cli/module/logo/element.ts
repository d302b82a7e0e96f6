/** An element of the file, with what the rules look at. */
export interface Element {
  /** Without a prefix: `rect`. */
  name: string
  namespace: string
  /** By name; the old way to refer is always spelled `xlink:href`. Values as the parser resolved them. */
  attributes: ReadonlyMap<string, string>
  children: Element[]
  /** The text directly inside. */
  text: string
}

export const SVG = 'http://www.w3.org/2000/svg'
export const XHTML = 'http://www.w3.org/1999/xhtml'
export const XLINK = 'http://www.w3.org/1999/xlink'

/** Whether this is the outermost element of an SVG file. */
export const isSvgRoot = ({ name, namespace }: Element) => name === 'svg' && namespace === SVG

/** The element itself and everything inside it, in the order of the file. */
export function* allIn(element: Element): Generator<Element> {
  yield element
  for (const child of element.children) yield* allIn(child)
}

/** An element as a person finds it in the file. */
export function nameOf({ name, attributes }: Element): string {
  const id = attributes.get('id')
  return id === undefined ? `<${name}>` : `<${name} id="${id}">`
}

/** The declarations of a `style` attribute. Texts in quotes have no place in what is looked for here. */
export function declarationsOf({ attributes }: Element): Map<string, string> {
  const declarations = (attributes.get('style') ?? '').split(';').map((one) => one.split(':'))
  const whole = declarations.filter(({ length }) => length > 1)
  return new Map(
    whole.map(([name = '', ...value]) => [
      name.trim().toLowerCase(),
      value
        .join(':')
        .replace(/!important\s*$/, '')
        .trim(),
    ]),
  )
}
