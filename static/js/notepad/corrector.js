// "That is not what we said": while the tables report back, a note of a session that is over is corrected for the room.
import { LONGEST_TEXT } from './composer.js'
import { h, icon } from '../shared/dom.js'
import { correct, shown } from './outbox.js'

/** @param {object} app */
export function createCorrector(app) {
  const { say } = app.words
  let id = null
  let before = ''
  const area = h('textarea', {
    id: 'correct-text', rows: 5, 'aria-describedby': 'correct-how correct-missing',
    oninput: () => app.guard(() => app.store.keep('correction', { id, before, text: area.value })),
  })
  const missing = h('p', { class: 'missing', id: 'correct-missing', hidden: true })
  const dialog = h('dialog', { class: 'editor', 'aria-labelledby': 'correct-title', onclose: closed },
    h('div', { class: 'dialog-head' }, h('h2', { id: 'correct-title' }, say('correct_title')),
      h('button', { type: 'button', class: 'button quiet round', 'aria-label': say('close'), onclick: () => dialog.close() }, icon('x'))),
    h('p', { class: 'hint', id: 'correct-how' }, say('correct_how')),
    h('label', { for: 'correct-text' }, say('text')),
    h('div', { class: 'paper' }, area),
    missing,
    h('div', { class: 'dialog-foot' },
      h('button', { type: 'button', class: 'button', onclick: () => dialog.close() }, say('leave_it')),
      h('button', { type: 'button', class: 'button primary', onclick: save }, say('correct_save'))))

  function refuse(sentence) {
    missing.textContent = sentence
    missing.hidden = false
    app.announce(sentence)
    area.focus()
  }

  async function save() {
    const words = area.value.trim()
    if (!words) return refuse(say('nothing_written'))
    if (words.length > LONGEST_TEXT) return refuse(say('too_long', { count: words.length - LONGEST_TEXT }))
    await app.changeNote(id, (own) => correct(own, words))
    await app.guard(() => app.store.keep('correction', null))
    app.announce(say('corrected'))
    return dialog.close()
  }

  function closed() {
    app.here(null, true)
    const button = document.querySelector(`li[data-id="${id}"] .cover`)
    id = null
    button?.focus()
  }

  /** What was typed before the page closed comes back. */
  async function restore() {
    const kept = await app.store.recall('correction')
    if (kept?.id === id && kept.before === before && area.value === before) area.value = kept.text
  }

  return {
    element: dialog,
    open(note) {
      id = note
      const view = shown(app.notes.get(id))
      before = area.value = view.text
      area.lang = view.lang ?? ''
      missing.hidden = true
      app.here(id)
      dialog.showModal()
      area.focus()
      restore()
    },
  }
}
