// Moves the bars of an upload that is under way. The page works without this file too: it then reloads itself.
const section = document.getElementById('upload')

const show = ({ rows, ending, tone }) => {
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
  const last = section.querySelector('.upload-ending')
  if (last.textContent !== ending) last.textContent = ending
  last.className = `upload-ending upload-${tone}`
}

// Each answer brings one event and ends; the browser asks again by itself, after the pause that the event names.
const events = new EventSource(location.href)
events.onmessage = ({ data }) => {
  const view = JSON.parse(data)
  show(view)
  if (!view.live) events.close()
}
