import { SaxesParser } from 'saxes'
import { XLINK, type Element } from './element.ts'

/** A file as the parser understood it. `instructions`: targets such as `xml-stylesheet`. */
export interface ParsedFile {
  root: Element
  doctype: boolean
  instructions: string[]
}

/** Deeper than any drawing; keeps a hostile file from exhausting the stack. */
const DEEPEST = 100

/**
 * Parses XML strictly. Nothing is fetched, and no entity is known but the five of XML itself: a file that defines its
 * own does not parse.
 * @returns what is wrong with it, with line and column, when it does not parse
 */
export function parseSvg(text: string): ParsedFile | string {
  const parser = new SaxesParser({ xmlns: true, position: true })
  const open: Element[] = []
  const file: { root: Element | null; doctype: boolean; instructions: string[] } = {
    ...{ root: null, doctype: false, instructions: [] },
  }
  parser.on('xmldecl', ({ encoding }) => {
    if (encoding !== undefined && !/^utf-?8$/i.test(encoding))
      parser.fail(`it says that it is in ${encoding}`)
  })
  parser.on('doctype', () => (file.doctype = true))
  parser.on('processinginstruction', ({ target }) => file.instructions.push(target))
  parser.on('opentag', ({ local, uri, attributes }) => {
    const element: Element = {
      ...{ name: local, namespace: uri, children: [], text: '' },
      attributes: new Map(Object.values(attributes).map((one) => [keyOf(one), one.value])),
    }
    open.at(-1)?.children.push(element)
    file.root ??= element
    if (open.push(element) > DEEPEST) parser.fail('elements are nested too deeply')
  })
  parser.on('closetag', () => open.pop())
  const keep = (piece: string) => {
    const element = open.at(-1)
    if (element) element.text += piece
  }
  parser.on('text', keep)
  parser.on('cdata', keep)
  try {
    parser.write(text).close()
  } catch (error) {
    return error instanceof Error ? error.message.slice(0, 200) : 'it cannot be read'
  }
  const { root } = file
  return root ? { ...file, root } : 'there is no element in it'
}

/** What editors note under names of their own must not be taken for what draws. */
function keyOf({ uri, local, name }: { uri: string; local: string; name: string }): string {
  if (uri === XLINK) return `xlink:${local}`
  return uri === '' ? local : name
}
