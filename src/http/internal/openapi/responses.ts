import { z } from 'zod'
import type { ZodOpenApiContentObject } from 'zod-openapi'

/** A JSON body of this shape. */
export const json = <S extends z.ZodType>(schema: S, example: z.input<S>): ZodOpenApiContentObject => ({
  'application/json': { schema, example },
})

/** Answers with a key in them. */
export const NoStore = z.object({ 'Cache-Control': z.literal('no-store') })
