import type { IModule } from 'dependency-cruiser'

/** The folder of `src/` that a file is in, or the file itself where it is in none. */
const roomOf = (path: string): string | undefined => /^src\/([^/]+)/.exec(path)?.[1]

/** Each import that leads from a folder of `src/` into another one, from which there is a way back. */
export function folderCycles(modules: readonly IModule[]): string[] {
  const imports = modules.flatMap(({ source, dependencies }) =>
    dependencies.map(({ resolved }) => ({ source, resolved, from: roomOf(source), to: roomOf(resolved) })),
  )
  const ways = Map.groupBy(imports, ({ from }) => from)
  const reached = (start: string | undefined) => {
    const rooms = new Set([start])
    // A set that grows is walked to its new end.
    for (const room of rooms) for (const { to } of ways.get(room) ?? []) if (to !== undefined) rooms.add(to)
    return rooms
  }
  return imports
    .filter(({ from, to }) => from !== undefined && to !== undefined && from !== to && reached(to).has(from))
    .map(({ source, resolved }) => `no-cycle-between-folders: ${source} → ${resolved}`)
}
