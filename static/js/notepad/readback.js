// Reading back: near the end the notes of the session are read aloud, put right on the way, and the table confirms them.
import { KIND_ICONS } from './choices.js'
import { worthOf } from './confirming.js'
import { h, icon, show } from '../shared/dom.js'
import { stepper } from './more.js'
import { needsPerson, shown } from './outbox.js'

const oldestFirst = (a, b) => (a.born === b.born ? (a.id < b.id ? -1 : 1) : a.born < b.born ? -1 : 1)

/** The notes of the session at hand in the order they are read: theme by theme, and as they were said. */
function notesToRead(app) {
  const standing = [...app.notes.values()].sort(oldestFirst)
    .map((own) => ({ own, note: shown(own, app.kit.me.name) }))
    .filter(({ note }) => !note.deleted && note.session === app.session?.id)
  const parts = [...app.kit.themes, null]
    .map((theme) => ({ theme, entries: standing.filter(({ note }) => app.themeOf(note) === theme) }))
  return parts.filter(({ entries }) => entries.length)
}

/** What the table has confirmed, in sentences; none when it has not yet. */
export function confirmedSentences(app) {
  const { say, time } = app.words
  const thing = app.confirmation()
  if (!thing) return []
  const { count, changed, added } = worthOf(thing, app.notes)
  const name = thing.server?.by ?? app.kit.me.name
  return [
    say('readback_done', { name, time: time(thing.server?.at ?? thing.born), count }),
    changed.size && say('readback_changed', { count: changed.size }),
    added.size && say('readback_added', { count: added.size }),
    thing.held.length && say('readback_held'),
    !thing.server && !thing.held.length && app.isApart() && say('readback_here'),
  ].filter(Boolean)
}

/** @param {object} app */
export function createReadback(app) {
  const { say } = app.words
  let people = null
  let missing = ''
  const lines = new Map()

  const session = h('p', { class: 'readback-session' })
  const list = h('div', { class: 'readback-notes' })
  const state = h('p', { class: 'readback-state' })
  const reason = h('p', { class: 'missing', hidden: true })
  const button = h('button', { type: 'button', class: 'button primary readback-confirm', onclick: confirm })
  const counted = stepper({
    label: say('readback_people'), say, tell: (words) => app.announce(words), most: () => Math.max(app.people, app.kit.group.seats),
    onPick(value) {
      people = value || null
      app.render()
    },
  })
  const dialog = h('dialog', { class: 'readback', 'aria-labelledby': 'readback-title', onclose: () => { missing = '' } },
    h('div', { class: 'dialog-head' }, h('div', {}, h('h2', { id: 'readback-title' }, say('readback_title')), session),
      h('button', { type: 'button', class: 'button quiet round', 'aria-label': say('close'), onclick: () => dialog.close() }, icon('x'))),
    h('div', { class: 'readback-body', tabindex: '0', role: 'group', 'aria-labelledby': 'readback-title' },
      h('p', { class: 'readback-how' }, say('readback_how')), list),
    h('div', { class: 'readback-foot' }, h('div', { class: 'readback-said' }, state, reason), counted.element, button))

  const entries = () => notesToRead(app).flatMap((part) => part.entries)

  /** What has to be done before the table can confirm; empty when nothing has. */
  function obstacle() {
    const all = entries()
    if (!all.length) return say('readback_empty')
    const waiting = all.filter(({ own }) => needsPerson(own)).length
    return waiting ? say('readback_needs', { count: waiting }) : ''
  }

  async function confirm() {
    missing = obstacle()
    if (missing) app.announce(missing)
    else if (await app.confirm(entries().map(({ note }) => note), people)) app.announce(confirmedSentences(app).join(' '))
    app.render()
  }

  const excerpt = (text) => (text.length > 60 ? `${text.slice(0, 59)}…` : text)

  /** One note; its button stays the same element, so that the focus comes back to it from the editor. */
  function line({ note }, since) {
    const known = lines.get(note.id) ?? {
      item: h('li', { class: 'readback-note' }), words: h('div', { class: 'readback-words' }),
      change: h('button', { type: 'button', class: 'button', onclick: () => app.edit(note.id) }, icon('pencil-line'), say('change_it')),
    }
    if (!lines.has(note.id)) known.item.append(known.words, known.change)
    lines.set(note.id, known)
    known.change.setAttribute('aria-label', `${say('change_it')}: ${excerpt(note.text)}`)
    show(known.words, [note, since], () => [
      h('p', { class: 'readback-kind' }, icon(KIND_ICONS[note.kind] ?? 'circle'), say(`kind_${note.kind}`),
        since && h('span', { class: 'chip-waiting' }, say(since))),
      h('p', { class: note.kind === 'quote' ? 'said quote' : 'said', lang: note.lang }, note.text),
      note.backers !== null && h('p', { class: 'people' }, say('backers_count', { count: note.backers })),
      note.disagreed !== null && h('p', { class: 'people' }, say('disagreed_count', { count: note.disagreed })),
    ])
    return known.item
  }

  function sinceOf(note, worth) {
    if (worth?.changed.has(note.id)) return 'since_changed'
    return worth?.added.has(note.id) ? 'since_added' : ''
  }

  function part({ theme, entries: own }, worth) {
    const heading = h('h3', { class: theme ? `theme-${theme.slot}` : 'theme-none' }, icon(theme?.icon ?? 'circle-dashed'), theme?.name ?? say('no_theme'))
    return h('section', { class: theme ? `theme-${theme.slot}` : 'theme-none' }, heading,
      h('ul', {}, own.map((entry) => line(entry, sinceOf(entry.note, worth)))))
  }

  function renderNotes(parts, worth) {
    const key = parts.map(({ theme, entries: own }) => [theme, own.map(({ note }) => note.id)])
    show(list, key, () => (parts.length ? parts.map((one) => part(one, worth)) : [h('p', { class: 'readback-empty' }, say('readback_empty'))]))
    for (const entry of parts.flatMap((one) => one.entries)) line(entry, sinceOf(entry.note, worth))
  }

  return {
    element: dialog,
    open() {
      people = null
      counted.set(null)
      if (!dialog.open) dialog.showModal()
      this.render()
    },
    render() {
      if (!dialog.open) return
      const thing = app.confirmation()
      const sentences = confirmedSentences(app)
      session.textContent = app.session ? say('session_line', { number: app.session.number, total: app.kit.sessions.length, title: app.session.title }) : ''
      renderNotes(notesToRead(app), thing && worthOf(thing, app.notes))
      counted.set(people)
      state.textContent = sentences.join(' ')
      state.hidden = !sentences.length
      if (missing) missing = obstacle()
      reason.textContent = missing
      reason.hidden = !missing
      show(button, [Boolean(thing)], () => [icon('circle-check'), say(thing ? 'readback_again' : 'readback_confirm')])
    },
  }
}
