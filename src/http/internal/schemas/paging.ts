import { z } from 'zod'
import { readCursor } from '../cursor.ts'

/** What every listing can be asked for. */
export const limit = z.coerce.number().int().min(1).max(200).default(50)
export const cursor = z.string().meta({ description: 'The `next` of the page before.' }).transform(readCursor)

/** One page of a listing. */
export const pageSchema = <Item extends z.ZodType>(item: Item) =>
  z.object({
    items: z.array(item),
    next: z.string().nullable().meta({ description: '`cursor` of the next page; null on the last.' }),
  })
