import { parsedText, type Refuse } from './parsed-text.ts'

/** Items separated by commas, spaces around them ignored. `check` may rewrite an item, or refuse it. */
export function textList(check: (item: string, refuse: Refuse) => string = (item) => item) {
  return parsedText((text, refuse) => {
    const items = text.split(',').map((item) => item.trim())
    return items.includes('') ? refuse('has an empty item') : items.map((item) => check(item, refuse))
  })
}
