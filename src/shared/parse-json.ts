/** The value of a JSON text; undefined when it is none. */
export function parseJson(text: string | null): unknown {
  // Most answers to a change are empty, and an error that is thrown and caught costs more than to look.
  if (text === null || text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
