// Watches an attempt that is not finished and shows its result as soon as there is one.
// The page works without this file too: it then reloads itself.
const FIRST_PAUSE = 700
const LONGEST_PAUSE = 15000
const GROWTH = 1.3
const LOOKS_BEFORE_SAYING_SO = 6
const ERRORS_BEFORE_BELIEVING = 3

const watch = document.getElementById('watch')
const { status, reason, still, offline, done } = watch.dataset

let looks = 0
let errors = 0

const say = (text) => {
  // A screen reader repeats what changed, so the same words must not be written twice.
  if (watch.textContent !== text) watch.textContent = text
}

/** Whether the page still shows the truth. An error of the service may pass, so one alone proves nothing. */
const isOutdated = async () => {
  const answer = await fetch(location.href, { headers: { accept: 'application/json' }, cache: 'no-store' })
  const result = await answer.json()
  const differs = result.status !== status || (result.reason ?? '') !== reason
  errors = differs && answer.status >= 500 ? errors + 1 : 0
  return differs && (errors === 0 || errors >= ERRORS_BEFORE_BELIEVING)
}

const look = async () => {
  looks += 1
  try {
    if (await isOutdated()) {
      say(done)
      location.reload()
      return
    }
    if (looks >= LOOKS_BEFORE_SAYING_SO) say(still)
  } catch {
    say(offline)
  }
  lookLater()
}

const lookLater = () => setTimeout(look, Math.min(FIRST_PAUSE * GROWTH ** looks, LONGEST_PAUSE))

lookLater()
