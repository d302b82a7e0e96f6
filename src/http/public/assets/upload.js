// Moves the bars of an upload that is under way. The page works without this file too: it then reloads itself.
const FIRST_PAUSE = 1000
const LONGEST_PAUSE = 30000
const GROWTH = 2

const section = document.getElementById('upload')

const say = (element, text) => {
  // A screen reader repeats what is written again.
  if (element.textContent !== text) element.textContent = text
}

const show = ({ rows, note, tone, next }) => {
  for (const { kind, value, max, text } of rows) {
    const row = section.querySelector(`[data-kind="${kind}"]`)
    if (!row) {
      // The plan was not known when the page was made.
      location.reload()
      return
    }
    const bar = row.querySelector('progress')
    row.querySelector('.upload-text').textContent = text
    if (max === null) {
      bar.removeAttribute('value')
    } else {
      bar.max = max
      bar.value = value
    }
  }
  const last = section.querySelector('.upload-note')
  say(last, note)
  last.className = `upload-note upload-${tone}`
  say(document.getElementById('next'), next)
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
    const view = JSON.parse(data)
    failures = 0
    ended = !view.live
    if (ended) stop()
    show(view)
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

addEventListener('pagehide', stop)
// The page may come back as it was left.
addEventListener('pageshow', ({ persisted }) => {
  if (persisted && !ended) open()
})

open()
