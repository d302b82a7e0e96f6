/** What one replica has learnt and all are to know for a while, by the database's clock. */
export interface NoteStore {
  /** Keeps it for so many milliseconds; one that is there already is not lengthened. */
  keep(note: string, life: number): Promise<void>
  has(note: string): Promise<boolean>
}

export interface ClaimStore {
  /** True for exactly one caller per key. The claim may be forgotten after so many milliseconds. */
  claim(key: string, keptFor: number): Promise<boolean>
}
