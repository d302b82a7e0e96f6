// Moves the bars of an upload that is under way. The page works without this file too: it then reloads itself.
const FIRST_PAUSE = 1000
const LONGEST_PAUSE = 30000
const GROWTH = 2
const RELOAD_PAUSE = 4000

const section = document.getElementById('upload')

const say = (element, text) => {
  // A screen reader repeats what is written again.
  if (element.textContent !== text) element.textContent = text
}

/** During an update the page, this script and an event may be of two releases. */
const isKnown = ({ rows, note, tone, next, live }) =>
  [note, tone, next].every((text) => typeof text === 'string') && Array.isArray(rows) && live !== undefined

const read = (data) => {
  try {
    return JSON.parse(data) ?? {}
  } catch {
    return {}
  }
}

/** Whether all of it could be shown. */
const show = (view) => {
  const last = section.querySelector('.upload-note')
  const after = document.getElementById('next')
  if (!last || !after || !isKnown(view)) return false
  for (const { kind, value, max, text } of view.rows) {
    const row = section.querySelector(`[data-kind="${kind}"]`)
    // The plan was not known when the page was made.
    if (!row) return false
    const bar = row.querySelector('progress')
    row.querySelector('.upload-text').textContent = text
    if (max === null) {
      bar.removeAttribute('value')
    } else {
      bar.max = max
      bar.value = value
    }
  }
  say(last, view.note)
  last.className = `upload-note upload-${view.tone}`
  say(after, view.next)
  return true
}

let events = null
let later
let failures = 0
let ended = false

const stop = () => {
  clearTimeout(later)
  if (events) events.close()
}

// Each answer brings one event and ends; the browser asks again by itself, after the pause that the event names.
const open = () => {
  stop()
  events = new EventSource(location.href)
  events.onmessage = ({ data }) => {
    failures = 0
    const view = read(data)
    if (!show(view)) {
      reloadLater()
      return
    }
    ended = !view.live
    if (ended) stop()
  }
  events.onerror = reopenLater
}

// After any answer but a good one, such as a proxy's 502, the browser asks never again.
const reopenLater = () => {
  if (events.readyState !== EventSource.CLOSED) return
  clearTimeout(later)
  later = setTimeout(open, Math.min(FIRST_PAUSE * GROWTH ** failures, LONGEST_PAUSE))
  failures += 1
}

// As a page without scripts does: then what it shows is new, whichever release has made it.
const reloadLater = () => {
  stop()
  later = setTimeout(() => location.reload(), RELOAD_PAUSE)
}

addEventListener('pagehide', stop)
// The page may come back as it was left.
addEventListener('pageshow', ({ persisted }) => {
  if (persisted && !ended) open()
})

open()
