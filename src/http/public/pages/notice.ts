/** What a person can do on a page: follow a link, or send something (which needs the attempt's CSRF token). */
export type Action =
  | { kind: 'link'; href: string; label: string }
  | { kind: 'send'; href: string; label: string; csrfToken: string }

/** A page that says one thing; results and problems are both of this shape. All words are ready to be shown. */
export interface Notice {
  tone: 'good' | 'busy' | 'calm' | 'late' | 'bad'
  title: string
  /** The CRM account this is about. */
  subject: string | null
  /** What happened. */
  text: string
  /** What this person can do next. */
  next: string
  actions: Action[]
  supportId: string
  /** Set while the result may still change: what the page shows now, and the words for its script. */
  watch: { status: string; reason: string; still: string; offline: string; done: string } | null
  upload: UploadView | null
}

/** How far the first upload has got, in words. `live`: it still moves, so the page goes on looking. */
export interface UploadView {
  heading: string
  rows: UploadRow[]
  /** How it ended, or what it waits for; empty while there is nothing to say. */
  note: string
  /** What this person can do next. */
  next: string
  tone: 'good' | 'warning' | 'busy'
  live: boolean
}

/** One bar; `max` null when nobody knows how much there is. */
export interface UploadRow {
  kind: string
  label: string
  value: number
  max: number | null
  text: string
}
