import { defaultDataSwitches, type DataSwitches } from './data-switches.ts'
import type { Packing } from './packed.ts'

/** Questions that Wazzup's documents leave open. The first value of each is what the simulator does by itself. */
export interface Switches extends DataSwitches {
  /** Does a state expire? */
  stateLife: 'ten-minutes' | 'forever'
  /** May a state be exchanged again, and what does the second exchange give? */
  stateReuse: 'refused' | 'same-key' | 'new-key'
  /** When the same account connects again: what becomes of its earlier key? */
  reconnect: 'old-key-dies' | 'old-key-stays'
  /** Answer to a secret that no module has. */
  wrongSecret: 'unauthorized' | 'bad-request' | 'forbidden' | 'empty' | 'html'
  /** Shape of the 400 for a state that is foreign, forged, expired or used up; `breaks`: an empty 500. */
  badState: 'coded' | 'with-request-id' | 'bare-string' | 'nested' | 'empty' | 'breaks'
  /** What stands where the key should be, in an answer 200. */
  keyData: 'string' | 'missing' | 'null' | 'number' | 'object' | 'empty' | 'line-break' | 'too-long'
  /** How the state is put on an authRedirectUri: as the URL API does it, or by gluing `?state=` to its end. */
  redirect: 'by-url' | 'glued'
  /** Answer of `POST /v3/wauth`: 302, or 200 with the link in `data`. */
  wauthAnswer: 'redirect' | 'link'
  /** Good answer of `/v3/marketplace`. */
  moduleAnswer: 'empty-object' | 'no-content'
  /** A crmCode that somebody else has. */
  takenCrmCode: 'refused' | 'accepted'
  /** Whether two accounts may have an integration of one name. */
  names: 'any' | 'unique'
  /** How the answers of the API come, whatever was asked for. */
  answerBody: Packing
  /** Longest integration name that `/v3/connect` takes, in characters. */
  nameLimit: number
  /** Longest crmKey that `/v3/connect` takes, in characters. */
  crmKeyLimit: number
}

export const defaultSwitches: Readonly<Switches> = {
  stateLife: 'ten-minutes',
  stateReuse: 'refused',
  reconnect: 'old-key-dies',
  wrongSecret: 'unauthorized',
  badState: 'coded',
  keyData: 'string',
  redirect: 'by-url',
  wauthAnswer: 'redirect',
  moduleAnswer: 'empty-object',
  takenCrmCode: 'refused',
  names: 'any',
  answerBody: 'plain',
  nameLimit: 200,
  crmKeyLimit: 255,
  ...defaultDataSwitches,
}
