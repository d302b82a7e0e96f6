import { z } from 'zod'
import type { ZodOpenApiContentObject } from 'zod-openapi'

/** A JSON body of this shape. */
export const json = <S extends z.ZodType>(schema: S, example: z.input<S>): ZodOpenApiContentObject => ({
  'application/json': { schema, example },
})

const RetryAfter = z.int().min(1).meta({ description: 'Seconds after which asking again makes sense.' })

/** Answers that are another one later. */
export const AskAgain = z.object({ 'Retry-After': RetryAfter })

/** Answers with a key in them. */
export const NoStore = z.object({ 'Cache-Control': z.literal('no-store') })
