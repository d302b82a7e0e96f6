import type { LogoFile, Rule } from '../logo.ts'

/** Wazzup takes the name of the file along with it. */
export const fileName: Rule<LogoFile> = {
  name: 'file-name',
  check: ({ fileName: name }) =>
    /^[\x20-\x7e]{1,100}\.svg$/i.test(name)
      ? null
      : {
          problem: 'the name of the file must end with .svg and have only Latin letters',
          mend: 'Rename it, for example to logo.svg; a PNG or JPEG does not become an SVG by a new name.',
        },
}
