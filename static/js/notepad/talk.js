// What the page says aloud, and the one thing it offers for ten seconds: undo.
import { h } from '../shared/dom.js'

const UNDO_MS = 10_000
const GROUPING_MS = 300

/** One polite status for the whole page; sentences that come together are said together. */
export function createTalk(app) {
  const status = document.getElementById('status')
  const toast = document.getElementById('toast')
  let sentences = []
  let saying = null
  let closing = null

  function announce(sentence) {
    if (sentences.at(-1) !== sentence) sentences.push(sentence)
    clearTimeout(saying)
    saying = setTimeout(() => {
      status.textContent = sentences.join(' ')
      sentences = []
    }, GROUPING_MS)
  }

  function close() {
    clearTimeout(closing)
    toast.replaceChildren()
  }

  function offerUndo(sentence, undo) {
    close()
    announce(sentence)
    toast.append(h('p', {}, sentence), h('button', {
      type: 'button', class: 'button yellow', onclick: () => { close(); undo() },
    }, app.words.say('undo')))
    closing = setTimeout(close, UNDO_MS)
  }

  /** Say it on the screen too, for as long as an undo. */
  function tell(sentence) {
    close()
    announce(sentence)
    toast.append(h('p', {}, sentence))
    closing = setTimeout(close, UNDO_MS)
  }

  return { announce, offerUndo, tell }
}
