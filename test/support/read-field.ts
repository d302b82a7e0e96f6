import { z } from 'zod'

/** The value that a setting's text gives, or `refused: ` and why. */
export function readField(field: z.core.$ZodType, text: string): unknown {
  const { data, error } = z.safeParse(field, text)
  return error ? `refused: ${error.issues.map(({ message }) => message).join('; ')}` : data
}
