import { z } from 'zod'
import type { ChangePlace, Position } from '../../../store/port.ts'
import { cursorOf, readCursor } from '../cursor.ts'

/** Between what a cursor says: no account has it, and a release that knows only accounts takes one with this behind it for the next. */
const BETWEEN = '\u0001'

const textOf = ({ epoch, number }: Position) => `${epoch}.${number}`

/** Of a change: no other leaves the service, and each of them is whole as a number. */
const NUMBER = String.raw`\d{1,15}`

const SPELLED = new RegExp(String.raw`^([\da-f]{12})\.(${NUMBER})$`)
const NUMBERED = new RegExp(`^${NUMBER}$`)

function positionIn(text: string | undefined): Position | null {
  const [, epoch, number] = SPELLED.exec(text ?? '') ?? []
  return epoch === undefined ? null : { epoch, number: Number(number) }
}

/** A position as the caller gets it: opaque, so that what is inside may change. */
export const positionOf = (position: Position) => cursorOf(textOf(position))

const NEITHER =
  'an RFC 3339 time with its offset (a + is %2B in an address), or the position of an earlier answer'

/** From when on, or behind which position: see `ChangesPage`. */
export const changedSince = z
  .string()
  .meta({
    description:
      'A time in RFC 3339, or the `position` of an earlier answer: only connections that have changed since, in that order, ' +
      'disconnected ones too. Not together with `status`.',
    examples: ['2026-11-23T12:00:00Z', positionOf({ epoch: '3f9a2c81d0b4', number: 841 })],
  })
  .transform((text, context): Date | Position => {
    const moment = z.iso.datetime({ offset: true }).safeParse(text.toUpperCase())
    if (moment.success) return new Date(moment.data)
    const position = positionIn(readCursor(text))
    if (position) return position
    context.addIssue(NEITHER)
    return z.NEVER
  })

/** Where the list of all goes on; `position`: of its first page, null in a cursor of a release that had none. */
export interface ListCursor {
  account: string
  position: Position | null
}

export const listCursorOf = ({ account, position }: ListCursor) =>
  position ? `${account}${BETWEEN}${textOf(position)}` : account

export const changesCursorOf = ({ number, connectionId, position }: ChangePlace) =>
  ['', number, connectionId, textOf(position)].join(BETWEEN)

/** A cursor of either list. */
export function readConnectionsCursor(text: string): ListCursor | ChangePlace {
  const parts = text.split(BETWEEN)
  const position = positionIn(parts.at(-1))
  if (!position) return { account: text, position: null }
  const [before, number, connectionId] = parts
  if (before === '' && parts.length === 4 && NUMBERED.test(number ?? ''))
    return { position, number: Number(number), connectionId: connectionId ?? '' }
  return { account: parts.slice(0, -1).join(BETWEEN), position }
}
