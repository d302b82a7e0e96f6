import { z } from 'zod'

declare module 'zod' {
  /** What a setting says about itself: `.meta({ description, … })` is the last call on its schema. */
  interface GlobalMeta {
    example?: string
    /** Shown nowhere; better kept in a file. */
    secret?: boolean
    /** What to do when the value is missing or wrong; else made from the description and the example. */
    hint?: string
  }
}

/** What people are shown about one setting. */
export interface SettingFacts {
  name: string
  description: string
  example: string | undefined
  secret: boolean
  required: boolean
  /** As it would be written in the environment. */
  fallback: string | undefined
  hint: string
}

/** Reads the facts of every setting of a schema, in the order they are declared. */
export function settingFacts(schema: z.ZodObject): SettingFacts[] {
  return Object.entries<z.core.$ZodType>(schema.shape).map(([name, field]) => {
    const { description = '', example, secret = false, hint } = metaOf(field)
    return {
      name,
      description,
      example,
      secret,
      required: !z.safeParse(field, undefined).success,
      fallback: fallbackOf(field),
      hint: hint ?? (example === undefined ? description : `${description} Example: ${example}`),
    }
  })
}

function metaOf(field: z.core.$ZodType): z.core.GlobalMeta {
  return z.globalRegistry.get(field) ?? {}
}

function fallbackOf(field: z.core.$ZodType): string | undefined {
  if (!(field instanceof z.ZodPrefault || field instanceof z.ZodDefault)) return undefined
  const value: unknown = field.def.defaultValue
  return Array.isArray(value) ? value.join(',') : String(value)
}
