import { parsedText } from './parsed-text.ts'

const unitMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `90s`, `30m`, `24h`, `7d` or `0`, as milliseconds. */
export function duration({ maxDays }: { maxDays: number }) {
  return parsedText((text, refuse) => {
    const ms = parseDuration(text)
    if (ms === undefined)
      return refuse('is not a duration', 'Write a whole number and s, m, h or d: 90s, 30m, 24h, 7d; or 0.')
    return ms > maxDays * unitMs.d ? refuse(`is longer than ${maxDays} days`) : ms
  })
}

function parseDuration(text: string): number | undefined {
  if (text === '0') return 0
  const match = /^(\d{1,9})([smhd])$/.exec(text)
  return match ? Number(match[1]) * unitMs[match[2] as keyof typeof unitMs] : undefined
}
