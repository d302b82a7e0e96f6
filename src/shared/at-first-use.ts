/** Made when it is first used, and kept: for what takes milliseconds to make, which a start or a command would wait for. */
export function atFirstUse<T extends object>(make: () => T): () => T {
  let made: T | undefined
  return () => (made ??= make())
}
