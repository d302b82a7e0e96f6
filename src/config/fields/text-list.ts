import { parsedText, refuseQuotes, type Refuse } from './parsed-text.ts'

/** Items separated by commas, spaces around them ignored. `check` may rewrite an item, or refuse it. */
export function textList(check: (item: string, refuse: Refuse) => string = (item) => item) {
  return parsedText((text, refuse) => {
    const items = text.split(',').map((item) => item.trim())
    if (items.includes('')) return refuse('has an empty item')
    for (const item of items) refuseQuotes(item, refuse)
    return items.map((item) => check(item, refuse))
  })
}
