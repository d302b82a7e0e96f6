import { z } from 'zod'
import { wholeNumber } from '../fields/whole-number.ts'

export const limits = z.object({
  ATTEMPTS_PER_ADDRESS: wholeNumber({ most: 1_000_000 }).prefault('120').meta({
    description:
      'How many attempts may be opened in a minute from one address (of IPv6: one /64), on each replica; 0 = any number. One that is open is not held up by it.',
  }),
  UNFINISHED_ATTEMPTS: wholeNumber({ least: 100, most: 1_000_000 }).prefault('10000').meta({
    description:
      'How many attempts may be kept in which nobody has logged in. The oldest make room, those at a login excepted.',
  }),
})
