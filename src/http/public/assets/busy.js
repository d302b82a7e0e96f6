// Another connection of this account is being made. Looks again until that is over, then reloads the page: what would
// be replaced may be another connection by then, and the quiet second before a press begins again.
// The page works without this file too: it then reloads itself. A module, as confirm.js stands beside it.
const PAUSE = 2000

/** A press that counted, or «Cancel»: its own answer is on the way, and a reload would end it. */
let leaving = false

/** An error of the service says nothing about the other connection; a redirect says that this page is not the next one. */
const isOver = async () => {
  const answer = await fetch(location.href, { cache: 'no-store', redirect: 'manual' })
  if (answer.status >= 500 || answer.status === 429) return false
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
  return page.getElementById('busy') === null
}

const look = async () => {
  try {
    if ((await isOver()) && !leaving) {
      location.reload()
      return
    }
  } catch {
    // The network may be back the next time.
  }
  lookLater()
}

const lookLater = () => setTimeout(look, PAUSE)

document.addEventListener('submit', (event) => {
  if (!event.defaultPrevented) leaving = true
})
// The page may come back as it was left.
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) leaving = false
})
lookLater()
