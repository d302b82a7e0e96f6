import { isSvgRoot } from './element.ts'
import { parseSvg, type ParsedFile } from './parse-svg.ts'
import type { Look } from './picture/look.ts'
import { viewBoxOf, type Box } from './view-box.ts'

/** A logo as it was given. */
export interface LogoFile {
  fileName: string
  bytes: Uint8Array
}

/** A logo as the rules see it. What could not be found out is null; the rule in charge says why. */
export interface Logo extends LogoFile {
  /** The parsed file, or what the parser said. */
  file: ParsedFile | string
  viewBox: Box | null
}

/** A logo that was drawn. */
export interface DrawnLogo {
  file: ParsedFile
  viewBox: Box
  look: Look
}

/** One thing that is wrong, and what to do to the file. */
export interface Complaint {
  problem: string
  mend: string
}

/** One of Wazzup's rules, as far as a file can be asked. */
export interface Rule<Part = Logo> {
  /** Stable, for scripts. */
  name: string
  check: (logo: Part) => Complaint | null
}

/** Reads a file as far as it can be read. */
export function readLogo({ fileName, bytes }: LogoFile): Logo {
  const file = parseSvg(textOf(bytes))
  const viewBox =
    typeof file === 'string' || !isSvgRoot(file.root) ? null : viewBoxOf(file.root.attributes.get('viewBox'))
  return { fileName, bytes, file, viewBox }
}

/** What is no UTF-8 becomes a character that no XML file may have. */
const textOf = (bytes: Uint8Array) => new TextDecoder('utf-8').decode(bytes).replaceAll('\ufffd', '\0')
