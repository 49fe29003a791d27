// What may be said about a note beside its words: how many stood behind it, how many disagreed, the note it repeats.
import { h, icon, show } from '../shared/dom.js'
import { shown } from './outbox.js'
import { sameAs } from './same.js'

const PAUSE_MS = 250 // between two keys; nobody reads what is offered while a word is half typed

const excerpt = (text) => (text.length > 60 ? `${text.slice(0, 59)}…` : text)

/** A number of people, or nothing said yet; `tell` says aloud what a press made of it. */
export function stepper({ label, most, onPick, tell, say }) {
  let value = null
  const output = h('span', { class: 'tally-count' })
  const press = (next) => () => {
    const wanted = next()
    if (wanted === undefined) return
    onPick(wanted)
    tell(`${label}: ${wanted ?? say('no_number')}`)
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
    label: say(field), say, tell: (words) => app.announce(words), most: () => app.people - (now[other] ?? 0), onPick: (value) => onPick(field, value),
  })]))
  const element = h('details', { class: 'said-about', ontoggle: () => element.open && element.scrollIntoView({ block: 'nearest' }) }, h('summary', {}, icon('chevron-right'), h('span', {}, say('more'))),
    h('div', { class: 'people-steps' }, steppers.backers.element, steppers.disagreed.element))
  const same = h('div', { class: 'same', role: 'group', 'aria-label': say('same_as') })
  let offered = []
  let looking = null

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
    /** The words of `note` have changed: look for others like it once the fingers rest. */
    look(note) {
      clearTimeout(looking)
      looking = setTimeout(() => this.set(note()), PAUSE_MS)
    },
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
