/** Addresses outside this service, already known to be safe to link to. */
export interface Links {
  done: string | null
  wazzup: string | null
}
