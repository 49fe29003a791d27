// What may be said about a note beside its words: how many stood behind it, how many disagreed, the note it repeats.
import { h, icon, show } from './dom.js'
import { shown } from './outbox.js'
import { sameAs } from './same.js'

const excerpt = (text) => (text.length > 60 ? `${text.slice(0, 59)}…` : text)

/** A number of people, or nothing said yet. */
function stepper({ label, most, onPick, say }) {
  let value = null
  const output = h('output', { class: 'tally-count' })
  const press = (next) => () => {
    const wanted = next()
    if (wanted !== undefined) onPick(wanted)
  }
  const button = (name, mark, next) => h('button', {
    type: 'button', class: 'tally-step', 'aria-label': say(name, { answer: label }), onclick: press(next),
  }, icon(mark))
  return {
    element: h('div', { class: 'people-step', role: 'group', 'aria-label': label }, h('p', { 'aria-hidden': 'true' }, label),
      h('div', { class: 'tally-steps' },
        button('tally_fewer', 'minus', () => (value === null ? undefined : value === 0 ? null : value - 1)), output,
        button('tally_more', 'plus', () => (value === null ? 1 : value < most() ? value + 1 : undefined)))),
    set(next) {
      value = next
      output.textContent = value === null ? '–' : String(value)
    },
  }
}

/**
 * @param {object} app
 * @param {(field: string, value: any) => void} onPick
 */
export function createMore(app, onPick) {
  const { say } = app.words
  const now = { backers: null, disagreed: null }
  const steppers = Object.fromEntries([['backers', 'disagreed'], ['disagreed', 'backers']].map(([field, other]) => [field, stepper({
    label: say(field), say, most: () => app.kit.group.people - (now[other] ?? 0), onPick: (value) => onPick(field, value),
  })]))
  const element = h('details', { class: 'said-about' }, h('summary', {}, icon('chevron-right'), h('span', {}, say('more'))),
    h('div', { class: 'people-steps' }, steppers.backers.element, steppers.disagreed.element))
  const same = h('div', { class: 'same', role: 'group', 'aria-label': say('same_as') })
  let offered = []

  const notesHere = () => [...app.notes.values()].map((own) => shown(own))
    .filter((note) => !note.deleted && note.session === app.session?.id)

  function chip(note, isChosen) {
    return h('button', {
      type: 'button', class: 'chip', 'aria-pressed': String(isChosen), lang: note.lang, onclick: () => onPick('same_as', isChosen ? null : note.id),
    }, icon(isChosen ? 'check' : 'link'), h('span', {}, excerpt(note.text)))
  }

  return {
    element,
    same,
    /** Show what is said about `note`, and which others it may repeat. */
    set(note) {
      for (const field of ['backers', 'disagreed']) {
        now[field] = note[field] ?? null
        steppers[field].set(now[field])
      }
      const notes = notesHere()
      offered = note.text ? sameAs(note.text, notes, { id: note.id, offered }) : []
      const ids = note.same_as && !offered.includes(note.same_as) ? [note.same_as, ...offered] : offered
      const entries = ids.map((id) => notes.find((one) => one.id === id)).filter(Boolean)
      same.hidden = entries.length === 0
      show(same, entries.map(({ id, text }) => [id, text, id === note.same_as]), () => [
        h('span', { class: 'same-title' }, say('same_as')), ...entries.map((one) => chip(one, one.id === note.same_as))])
    },
  }
}
