// A note opened for changing. What is typed is on the tablet at once; it is sent while one writes, in short rests.
import { noteChoices, ratingLegend, ratingWord } from './choices.js'
import { LONGEST_TEXT } from './composer.js'
import { h, icon } from '../shared/dom.js'
import { createMore } from './more.js'
import { change, discardRefused, setDeleted, shown } from './outbox.js'

/** A note under the fingers is sent this often at most, in milliseconds. */
export const REST_MS = 1200

/** @param {object} app */
export function createEditor(app) {
  const { say } = app.words
  let id = null
  let text = ''       // what the editor shows
  let isComposing = false
  let writes = 0      // keystrokes on their way to the tablet's storage

  const pick = (field, value) => app.changeNote(id, (own) => change(own, { [field]: value }))
  const groups = noteChoices(app, 'edit', pick)
  const more = createMore(app, pick)
  const area = h('textarea', {
    id: 'edit-text', rows: 4, 'aria-describedby': 'edit-reason', oninput: write, oncompositionstart: () => { isComposing = true },
    oncompositionend: () => { isComposing = false },
  })
  const reason = h('p', { class: 'missing', id: 'edit-reason' })
  const discard = h('button', { type: 'button', class: 'button quiet', onclick: forget }, say('leave_it'))
  const copy = h('button', { type: 'button', class: 'button quiet', onclick: () => navigator.clipboard?.writeText(area.value) },
    icon('copy'), say('copy_text'))
  const dialog = h('dialog', { class: 'editor', 'aria-labelledby': 'edit-title', onclose: closed },
    h('div', { class: 'dialog-head' }, h('h2', { id: 'edit-title' }, say('change_title')),
      h('button', { type: 'button', class: 'button quiet round', 'aria-label': say('close'), onclick: () => dialog.close() }, icon('x'))),
    groups.kind.element,
    h('label', { for: 'edit-text' }, say('text')),
    h('div', { class: 'paper' }, area),
    h('div', { class: 'reason-line' }, reason, copy, discard),
    groups.rating.element,
    groups.theme.element,
    more.same,
    more.element,
    h('div', { class: 'dialog-foot' },
      h('button', { type: 'button', class: 'button quiet danger', onclick: remove }, icon('trash-2'), say('delete_note')),
      h('button', { type: 'button', class: 'button primary', onclick: () => dialog.close() }, say('done'))))

  async function write() {
    const seen = { text }
    text = area.value
    const typed = text
    app.here(id)
    app.writing = { id, sentAt: app.writing?.sentAt ?? Date.now() }
    writes += 1
    await app.changeNote(id, (own) => change(own, { text: typed }, seen), REST_MS)
    writes -= 1
    app.render()
  }

  async function remove() {
    const gone = id
    dialog.close()
    await app.changeNote(gone, (own) => setDeleted(own, true))
    app.offerUndo(say('deleted'), () => app.changeNote(gone, (own) => setDeleted(own, false)))
  }

  async function forget() {
    const own = id
    dialog.close()
    await app.changeNote(own, discardRefused)
  }

  function closed() {
    app.writing = null
    app.here(null, true)
    app.sync.kick()
    const button = document.querySelector(`li[data-id="${id}"] .cover`)
    id = null
    button?.focus()
  }

  function showRefusal(own, view) {
    const tooLong = view.text.length - LONGEST_TEXT
    const sentences = own.refused.map(({ sentence }) => say('not_sent', { sentence }))
    if (tooLong > 0) sentences.push(say('too_long', { count: tooLong }))
    reason.textContent = sentences.join(' ')
    reason.parentElement.hidden = sentences.length === 0
    discard.hidden = copy.hidden = own.refused.length === 0
  }

  return {
    element: dialog,
    open(note) {
      id = note
      text = shown(app.notes.get(id)).text
      area.value = text
      app.here(id)
      this.render()
      dialog.showModal()
      area.focus()
      area.setSelectionRange(text.length, text.length)
    },
    render() {
      const own = id && app.notes.get(id)
      if (!own) {
        if (dialog.open && id) dialog.close()
        return
      }
      const view = shown(own, app.kit.me.name)
      groups.kind.set(view.kind)
      groups.theme.set(view.theme)
      more.set(view)
      groups.rating.set(view.rating)
      const session = app.kit.sessions.find((each) => each.id === view.session) ?? app.session
      groups.rating.call(ratingLegend(app, session), (value) => ratingWord(app, session, value))
      groups.rating.element.hidden = !app.session?.rates
      area.lang = view.lang ?? ''
      area.readOnly = app.writerOf(id) !== null
      showRefusal(own, view)
      const isTouched = 'text' in own.local || own.sent?.set?.text || own.refused.length
      if (!isTouched && !writes && !isComposing && view.text !== text && area.value === text) {
        const { selectionStart, selectionEnd } = area
        area.value = text = view.text
        area.setSelectionRange(selectionStart, selectionEnd)
      }
    },
  }
}
