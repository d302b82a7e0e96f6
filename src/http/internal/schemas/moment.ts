import { z } from 'zod'

/** A moment in words. The pattern that zod adds says the same as the format, in 300 characters. */
export const moment = z.iso.datetime().meta({
  override: ({ jsonSchema }) => {
    delete jsonSchema.pattern
  },
})
