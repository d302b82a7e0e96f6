// Looks every second for what has changed. Forms stand outside of it, so that no press is lost; without this file the page
// shows what was true when it was loaded.
const EVERY = 1000

const look = async () => {
  try {
    const answer = await fetch(location.href, { cache: 'no-store' })
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    const [shown, now] = [document.getElementById('live'), page.getElementById('live')]
    // Somebody who is selecting text goes on doing so.
    if (now && now.innerHTML !== shown.innerHTML && document.getSelection().isCollapsed)
      shown.replaceWith(now)
  } catch {
    // The sandbox may be started again.
  }
  setTimeout(look, EVERY)
}
setTimeout(look, EVERY)
