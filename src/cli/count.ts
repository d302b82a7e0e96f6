import { InvalidArgumentError } from 'commander'

/** How many lines of a list somebody wants. @throws InvalidArgumentError */
export function count(text: string): number {
  const n = Number(text)
  if (!Number.isInteger(n) || n < 1 || n > 10_000)
    throw new InvalidArgumentError('A whole number from 1 to 10000.')
  return n
}
