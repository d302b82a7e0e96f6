import { globSync } from 'node:fs'
import { join } from 'node:path'
import { textOf } from './links.ts'

export interface Block {
  document: string
  language: string
  code: string
}

const FENCED = /^```(\w*)\n(.*?)^```/gms

const blocksOf = (document: string): Block[] =>
  [...textOf(document).matchAll(FENCED)].map(([, language = '', code = '']) => ({ document, language, code }))

/** What the documents show to be typed, copied or run. Pictures and maps are not. */
export const BLOCKS: readonly Block[] = globSync(['*.md', 'docs/**/*.md'], {
  cwd: join(import.meta.dirname, '../..'),
})
  .toSorted()
  .flatMap(blocksOf)
  .filter(({ language }) => language !== '' && language !== 'mermaid')

/**
 * The one block of a document that has these words in it, to the letter.
 * @throws when there is none, or more than one
 */
export function blockWith(document: string, words: string): string {
  const found = BLOCKS.filter((block) => block.document === document && block.code.includes(words))
  if (found[0] === undefined || found.length > 1)
    throw new Error(`${document} has ${found.length} blocks with «${words}»`)
  return found[0].code
}
