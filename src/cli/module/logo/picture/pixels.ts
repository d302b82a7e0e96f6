import type { Box } from '../view-box.ts'

/** What is seen inside a view box, stretched to a square of `SIDE` pixels: red, green, blue, alpha, already multiplied. */
export type Picture = Uint8Array

/** Pixels in a row and in a column. A margin of a fiftieth, the smallest that is complained of, is five of them. */
export const SIDE = 256

export const BYTES_OF_A_PICTURE = SIDE * SIDE * 4

/** Of 255. Less than this nobody sees: a smoothed edge that just touches the next pixel, the last of a shadow. */
const SEEN = 8

/** How much is seen of the pixel whose four values begin at an index. */
type Strength = (at: number) => number

/**
 * The box around what is drawn, in parts of the view box, finer than a pixel; null when nothing is seen. What counts is
 * seen on white, the page that logos stand on; a drawing that is white all over counts as it is.
 * @param ground what lies behind the drawing and does not count
 */
export function drawnBox(picture: Picture, ground: Picture | null): Box | null {
  if (ground) return boxAround(differenceTo(ground, picture))
  return boxAround(onWhite(picture)) ?? boxAround(opacity(picture))
}

/** The box around everything that is painted, white as well. */
export const paintedBox = (picture: Picture): Box | null => boxAround(opacity(picture))

/** The part of the view box in which something is painted, white as well. */
export const paintedShare = (picture: Picture): number => shareOf(opacity(picture))

/** The part of the width or height that a background may stay away from the edge. */
const EDGE = 0.01

/** What round corners of a tenth of the side take away of a square. */
const ROUND_CORNERS = (4 - Math.PI) * 0.1 ** 2

/** The part of a picture in which a background has to be seen to be one. */
const LEAST_GROUND = 0.02

/**
 * Whether something is painted everywhere, give or take a hundredth at the edges and slightly round corners: what is
 * rounder than these is a badge.
 * @param proportion the shorter side of the view box, in parts of the longer one
 */
export function isCovered(picture: Picture, proportion: number): boolean {
  const painted = paintedBox(picture)
  if (!painted) return false
  const { left, top, width, height } = painted
  const reachesAll = [left, top, 1 - left - width, 1 - top - height].every((gap) => gap <= EDGE)
  return reachesAll && paintedShare(picture) >= width * height - ROUND_CORNERS * proportion
}

/** Whether most of a picture is not white. */
export const isColoured = (picture: Picture): boolean => shareOf(onWhite(picture)) > 0.5

/** Whether a ground is still seen in the whole picture, or only what lies on it. */
export const isSeenIn = (picture: Picture, ground: Picture): boolean =>
  1 - shareOf(differenceTo(ground, picture)) > LEAST_GROUND

/** The colours at a corner, in the middle and at the corner across, on white: `#0066cc` once, or those of a gradient. */
export function coloursOf(picture: Picture): string[] {
  const at = [SIDE / 8, SIDE / 2, (SIDE * 7) / 8].map((line) => (line * SIDE + line) * 4)
  const colours = at.map((place) => [0, 1, 2].map((channel) => channelOnWhite(picture, place, channel)))
  return [...new Set(colours.map((colour) => `#${Buffer.from(colour).toString('hex')}`))]
}

const CHANNELS = [0, 1, 2, 3] as const

const value = (picture: Picture, at: number) => picture[at] ?? 0

const channelOnWhite = (picture: Picture, at: number, channel: number) =>
  value(picture, at + channel) + 255 - value(picture, at + 3)

const opacity =
  (picture: Picture): Strength =>
  (at) =>
    value(picture, at + 3)

/** White of any opacity is nothing. */
const onWhite =
  (picture: Picture): Strength =>
  (at) =>
    value(picture, at + 3) - Math.min(value(picture, at), value(picture, at + 1), value(picture, at + 2))

const differenceTo =
  (ground: Picture, picture: Picture): Strength =>
  (at) =>
    Math.max(
      ...CHANNELS.map((channel) => Math.abs(value(picture, at + channel) - value(ground, at + channel))),
    )

/** The part of the pixels that are seen. */
function shareOf(strength: Strength): number {
  let seen = 0
  for (let at = 0; at < BYTES_OF_A_PICTURE; at += 4) if (strength(at) >= SEEN) seen++
  return seen / SIDE ** 2
}

function boxAround(strength: Strength): Box | null {
  const [columns, rows] = [new Array<number>(SIDE).fill(0), new Array<number>(SIDE).fill(0)]
  for (let row = 0; row < SIDE; row++)
    for (let column = 0; column < SIDE; column++) {
      const seen = strength((row * SIDE + column) * 4)
      columns[column] = Math.max(columns[column] ?? 0, seen)
      rows[row] = Math.max(rows[row] ?? 0, seen)
    }
  const [left, right] = [gapBefore(columns), gapBefore(columns.toReversed())]
  const [top, bottom] = [gapBefore(rows), gapBefore(rows.toReversed())]
  return left === null || right === null || top === null || bottom === null
    ? null
    : { left, top, width: 1 - left - right, height: 1 - top - bottom }
}

/** How far it is to the first line on which something is seen; null for none. */
function gapBefore(lines: readonly number[]): number | null {
  const first = lines.findIndex((strength) => strength >= SEEN)
  if (first < 0) return null
  // An edge that covers a part of a pixel is seen in it by that part of the strength that the next one has.
  const covered = Math.min(1, (lines[first] ?? 0) / (lines[first + 1] ?? 0))
  return (first + 1 - covered) / SIDE
}
