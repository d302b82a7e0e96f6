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
}
