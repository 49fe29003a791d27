// One note on the board.
import { KIND_ICONS, ratingWord, seats } from './choices.js'
import { h, icon, svg } from '../shared/dom.js'
import { shown } from './outbox.js'

const DOTS_DRAWN = 10

function dots(count, words) {
  if (!count) return null
  const drawn = Math.min(count, DOTS_DRAWN)
  const drawing = svg('svg', { class: 'dots', viewBox: `0 0 ${drawn * 16} 12`, 'aria-hidden': 'true' })
  for (let at = 0; at < drawn; at += 1) drawing.append(svg('circle', { cx: at * 16 + 6, cy: 6, r: 6 }))
  return h('span', { class: 'given' }, drawing, h('span', { 'aria-hidden': 'true' }, String(count)),
    h('span', { class: 'unseen' }, words.say('dots', { count })))
}

/** The text of the note that this one repeats, if it stands. */
function textOf(app, id) {
  const own = id ? app.notes.get(id) : undefined
  return own && !shown(own).deleted ? shown(own).text : ''
}

const excerpt = (text) => (text.length > 80 ? `${text.slice(0, 79)}…` : text)

function head(app, note, state) {
  const { say } = app.words
  const theme = app.themeOf(note)
  return h('header', {},
    h('span', { class: 'kind-mark' }, icon(KIND_ICONS[note.kind] ?? 'circle')),
    h('span', { class: 'kind-word' }, say(`kind_${note.kind}`)),
    state.isWaiting && h('span', { class: 'chip-waiting' }, icon('tablet'), say('waiting')),
    state.isHeld && h('span', { class: 'chip-waiting' }, icon('lock'), say('with_organiser')),
    theme && h('span', { class: 'theme-mark' }, icon(theme.icon), h('span', { class: 'unseen' }, theme.name)))
}

function foot(app, note, state) {
  const { say } = app.words
  return h('footer', {},
    dots(note.dots, app.words),
    state.isDotting && note.dots > 0 && h('button', {
      type: 'button', class: 'take-dot', 'data-act': 'take', 'aria-label': say('take_dot', { text: excerpt(note.text) }),
    }, icon('minus')),
    note.backers !== null && h('span', { class: 'people' }, say('backers_count', { count: note.backers })),
    note.disagreed !== null && h('span', { class: 'people' }, say('disagreed_count', { count: note.disagreed })),
    note.rating && h('span', { class: 'rated' }, seats(note.rating, 5), h('span', { class: 'unseen' }, ratingWord(app, app.kit.sessions.find(({ id }) => id === note.session), note.rating))),
    h('span', { class: 'by' }, note.by))
}

/** What the note said before it was corrected for the room. */
function before(app, note) {
  if (!note.said_before.length) return null
  return h('details', { class: 'said-before' }, h('summary', {}, icon('megaphone'), app.words.say('corrected')),
    note.said_before.map((text) => h('p', { class: 'said', lang: note.lang }, text)))
}

/** The button that covers the card: edit, or add a dot. */
function cover(app, note, state) {
  const { say } = app.words
  if (state.writer) return null
  const name = state.isDotting ? 'give_dot' : state.isCorrecting ? 'correct_note' : 'change_note'
  return h('button', {
    type: 'button', class: 'cover', 'data-act': state.isDotting ? 'give' : 'edit', 'aria-label': say(name, { text: excerpt(note.text) }),
  })
}

/**
 * @param {object} app
 * @param {object} note   as `shown()` gives it
 * @param {{isWaiting: boolean, isHeld: boolean, isCorrecting: boolean, isDotting: boolean, writer: string|null, refusals: string[]}} state
 */
export function card(app, note, state) {
  const { say } = app.words
  const theme = app.themeOf(note)
  const same = textOf(app, note.same_as)
  return h('article', {
    class: `note ${theme ? `theme-${theme.slot}` : 'theme-none'} ${state.writer ? 'held' : ''} ${state.refusals.length ? 'refused' : ''}`,
  },
    state.writer && h('p', { class: 'writer' }, say('is_writing', { name: state.writer })),
    head(app, note, state),
    h('p', { class: note.kind === 'quote' ? 'said quote' : 'said', lang: note.lang }, note.text),
    state.refusals.map((sentence) => h('p', { class: 'refusal' }, say('not_sent', { sentence }))),
    same && h('p', { class: 'repeats' }, icon('link'), say('same_as_text', { text: excerpt(same) })),
    foot(app, note, state),
    cover(app, note, state),
    before(app, note))
}
