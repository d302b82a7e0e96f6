import type { LogoFile, Rule } from '../logo.ts'

/** Wazzup names no limit. A logo that is larger than this usually has a photograph or a whole font inside. */
const LARGEST = 64 * 1024

export const size: Rule<LogoFile> = {
  name: 'size',
  check: ({ bytes }) =>
    bytes.length > LARGEST
      ? {
          problem: `the file has ${Math.ceil(bytes.length / 1024)} KiB; this command takes at most ${LARGEST / 1024}`,
          mend: 'Run it through an optimiser (npx svgo logo.svg), and take embedded pictures and fonts out.',
        }
      : null,
}
