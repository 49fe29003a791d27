// The sheet behind the pill: what waits, when we last heard the server, try now, save a copy.
import { KIND_ICONS } from './choices.js'
import { obstacleOf } from './banner.js'
import { worthOf } from './confirming.js'
import { h, icon, show } from '../shared/dom.js'
import { answered } from './counting.js'
import { discardRefused, needsPerson, shown } from './outbox.js'
import { isUnsent } from './things.js'

function line(app, { own, note }) {
  const { say, time } = app.words
  const reasons = own.refused.map(({ sentence }) => say('not_sent', { sentence }))
  if (note.variants.length) reasons.push(say('written_twice'))
  return h('li', {},
    h('time', {}, time(own.born)),
    icon(KIND_ICONS[note.kind] ?? 'circle'),
    h('span', { class: 'said', lang: note.deleted ? null : note.lang }, note.deleted ? say('deleted_note', { text: note.text }) : note.text),
    icon(reasons.length ? 'cloud-alert' : 'tablet'),
    reasons.map((reason) => h('p', { class: 'missing' }, reason)),
    own.refused.length > 0 && h('span', { class: 'line-acts' },
      h('button', { type: 'button', class: 'button', onclick: () => { app.closeSheet(); app.edit(note.id) } }, say('change_it')),
      h('button', { type: 'button', class: 'button quiet', onclick: () => app.changeNote(note.id, discardRefused) }, say('leave_it'))))
}

/** Answers of the rating round that wait, a line for each initiative. */
function answersLine(app, tally) {
  const { say, time } = app.words
  const name = app.kit.initiatives.find(({ id }) => id === tally.initiative)?.short ?? ''
  return h('li', {}, h('time', {}, time(tally.queue[0].written_at)), icon('armchair'),
    h('span', { class: 'said' }, say('tally_waiting', { name, count: answered(tally) })), icon('tablet'))
}

/** A confirmation that waits, or that the server did not take. */
function confirmationLine(app, thing) {
  const { say, time } = app.words
  return h('li', {}, h('time', {}, time(thing.born)), icon('book-open-check'),
    h('span', { class: 'said' }, say('confirmation_waiting', { count: worthOf(thing, app.notes).count })),
    icon(thing.refused.length ? 'cloud-alert' : 'tablet'),
    thing.refused.map(({ sentence }) => h('p', { class: 'missing' }, say('not_sent', { sentence }))),
    thing.refused.length > 0 && h('span', { class: 'line-acts' },
      h('button', { type: 'button', class: 'button quiet', onclick: () => app.dropConfirmation(thing.id) }, say('leave_it'))))
}

/** @param {object} app */
export function createSheet(app) {
  const { say, time } = app.words
  const title = h('h2', { id: 'sheet-title' })
  const reason = h('p', { class: 'reason', hidden: true })
  const list = h('ul', { class: 'waiting' })
  const contact = h('p', { class: 'contact' })
  const tryNow = h('button', { type: 'button', class: 'button primary', onclick: () => app.tryNow() }, icon('refresh-cw'), say('try_now'))
  const dialog = h('dialog', { class: 'sheet', 'aria-labelledby': 'sheet-title' },
    h('div', { class: 'dialog-head' }, title,
      h('button', { type: 'button', class: 'button quiet round', 'aria-label': say('close'), onclick: () => dialog.close() }, icon('x'))),
    reason, list, contact,
    h('div', { class: 'dialog-foot' }, tryNow,
      h('button', { type: 'button', class: 'button', onclick: () => app.saveCopy() }, icon('download'), say('save_copy'))))

  function contactSentence() {
    const { lastContact, isStreaming } = app.state
    const sentences = [lastContact ? say('last_contact', { time: time(lastContact) }) : say('no_contact')]
    if (app.isApart()) sentences.push(say('we_try_again'), say('others_appear'))
    else if (isStreaming === false) sentences.push(say('polling'))
    return sentences.join(' ')
  }

  return {
    element: dialog,
    open() {
      if (!dialog.open) dialog.showModal()
      this.render()
    },
    close: () => dialog.close(),
    render() {
      if (!dialog.open) return
      const lines = [...app.notes.values()].filter((own) => isUnsent(own) || needsPerson(own))
        .map((own) => ({ own, note: shown(own, app.kit.me.name) })).sort((a, b) => (a.own.born < b.own.born ? 1 : -1))
      const answers = [...app.tallies.values()].filter(isUnsent)
      const confirmed = [...app.confirmations.values()].filter(isUnsent)
      const count = lines.length + answers.length + confirmed.length
      const [fact, rest] = obstacleOf(app) ?? []
      title.textContent = say(count || fact ? 'sheet_title' : 'all_saved')
      reason.hidden = !fact
      show(reason, [fact, rest], () => [h('strong', {}, fact), ' ', rest])
      list.hidden = count === 0
      show(list, [lines, answers, confirmed], () => [
        ...lines.map((entry) => line(app, entry)), ...answers.map((one) => answersLine(app, one)),
        ...confirmed.map((thing) => confirmationLine(app, thing))])
      contact.textContent = contactSentence()
    },
  }
}
