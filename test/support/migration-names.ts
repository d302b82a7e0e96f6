import { readdirSync } from 'node:fs'

/** The migrations of an engine, in their order: what lies in its folder. */
export const migrationNames = (engine: 'sqlite' | 'postgres'): string[] =>
  readdirSync(new URL(`../../migrations/${engine}/`, import.meta.url)).sort()
