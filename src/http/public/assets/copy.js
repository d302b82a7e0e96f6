// Copies the support id. Without this file, and where a browser does not let pages copy, it can still be selected.
const BLINK = 100

const id = document.getElementById('support-id')
const button = document.getElementById('copy')
const copied = document.getElementById('copied')

const copy = async () => {
  try {
    await navigator.clipboard.writeText(id.textContent)
    return true
  } catch {
    // Not there without https, or forbidden.
    getSelection().selectAllChildren(id)
    return document.execCommand('copy')
  }
}

button.addEventListener('click', async () => {
  copied.textContent = ''
  const { copied: done, selected } = button.dataset
  const text = (await copy()) ? done : selected
  // A screen reader says what changes, so the same words go for a moment before they come back.
  setTimeout(() => {
    copied.textContent = text
  }, BLINK)
})
button.hidden = false
