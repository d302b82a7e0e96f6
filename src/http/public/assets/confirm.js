// «Connect» is the one press that hands over a customer's data, and a hostile page can know where the button is. Such a
// page can lie over this one, ask for a double click and close itself at the first: the second click falls on «Connect».
// So a press counts only after a quiet second: this page was visible and had focus, and nothing on it was pressed.
//
// Covered: any number of clicks at any pace that people are made to give to another window. A window that goes away
// gives us focus, which starts the second; every click, here or beside the button, starts it again; so does a window
// that comes over ours, for it takes the focus. A finger, a mouse button or a key counts from when it went down.
// Not covered: a person who sees this page for a second and presses all the same; what the system paints over a page
// that has focus; and windows that overlap where focus is never told (see `start`).
//
// Without this file the person has to tick a box instead: it is hidden at the very end, when all else is in place.
const QUIET = 1000
const BLINK = 100
const LOOK_AGAIN = 250

const form = document.getElementById('consent')
const button = form.querySelector('button')
const note = document.getElementById('press-note')
const { aware } = form.elements

/** When the second began, by the clock that never jumps; null while nobody can be looking. */
let since = null
let beganFocused = false
/** When the press that is under way began. */
let pressedAt = null
/** A press has counted and its answer is on the way. */
let sending = false
let timer

const isVisible = () => document.visibilityState === 'visible'

/** Milliseconds of quiet that are still missing at that moment. */
const quietLeft = (at) => (since === null ? Infinity : since + QUIET - at)

const isAfterQuiet = (at) => quietLeft(at) <= 0 && isVisible() && (document.hasFocus() || !beganFocused)

/** Shows by the mouse pointer whether a press would count. */
const show = () => {
  clearTimeout(timer)
  // Read once: between two readings the second may end, and nobody would look again.
  const now = performance.now()
  const counts = isAfterQuiet(now)
  form.dataset.press = counts ? 'counts' : 'waits'
  if (counts) sending = false
  const left = quietLeft(now)
  if (left > 0 && left !== Infinity) timer = setTimeout(show, left)
}

/**
 * Focus is not asked for here: in split views and in some embedded browsers no page ever has it, and there the press
 * that was ignored starts the second. Where focus is told, the press itself brings it, and that starts the second again.
 */
const start = () => {
  since = isVisible() ? performance.now() : null
  beganFocused = document.hasFocus()
  show()
}

const stop = () => {
  since = null
  // It may end where this page does not see it.
  pressedAt = null
  show()
}

const isLookedAt = () => isVisible() && document.hasFocus()

const look = () => (isLookedAt() ? start() : stop())

const sayTooEarly = () => {
  // A screen reader says what changes, so the same words go for a moment before they come back.
  const pause = note.textContent === '' ? 0 : BLINK
  note.textContent = ''
  setTimeout(() => {
    note.textContent = note.dataset.early
    note.scrollIntoView({ block: 'nearest' })
  }, pause)
}

const isOnButton = ({ target }) => button.contains(target)

document.addEventListener('pointerdown', (event) => {
  pressedAt = isOnButton(event) ? performance.now() : null
})
document.addEventListener('pointerup', (event) => {
  // One that is let go here, but went down unseen, began too early.
  pressedAt = isOnButton(event) ? (pressedAt ?? 0) : null
})
document.addEventListener('pointercancel', () => {
  pressedAt = null
})
document.addEventListener('keydown', (event) => {
  const presses = isOnButton(event) && (event.key === 'Enter' || event.key === ' ')
  // A key that is held down repeats; it may have gone down in another window.
  if (presses && !(event.repeat && pressedAt !== null)) pressedAt = performance.now()
})
document.addEventListener('click', (event) => {
  if (isOnButton(event)) return
  pressedAt = null
  if (since !== null) start()
})

// However the form is sent: mouse, finger, key, a screen reader's own press.
form.addEventListener('submit', (event) => {
  const counts = isAfterQuiet(pressedAt ?? performance.now())
  pressedAt = null
  aware.checked = counts
  if (!counts) {
    event.preventDefault()
    if (!sending) sayTooEarly()
  }
  start()
  if (counts) sending = true
})

document.addEventListener('visibilitychange', look)
addEventListener('focus', look)
addEventListener('blur', stop)
// The page may come back as it was left.
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) look()
})
look()
// A browser may give or take the focus without a word, such as while it is still starting.
setInterval(() => {
  if (isLookedAt() !== (since !== null && beganFocused)) look()
}, LOOK_AGAIN)

aware.required = false
document.getElementById('aware').hidden = true
