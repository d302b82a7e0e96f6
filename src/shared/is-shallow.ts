/** Whether a JSON value has at most so many levels of objects and lists. It looks no deeper, so its own depth has that bound. */
export function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (levels === 0) return false
  if (Array.isArray(value)) return value.every((one) => isShallow(one, levels - 1))
  // Half the time of a list of its values, which is made for every row.
  for (const name in value) if (!isShallow((value as Record<string, unknown>)[name], levels - 1)) return false
  return true
}
