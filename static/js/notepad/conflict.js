// The card that asks what to do when two people changed the same text while apart.
import { difference, joined } from './difference.js'
import { h, icon, initials } from '../shared/dom.js'
import { secondOf, settle } from './outbox.js'

/** Who wrote which text; `other` is null when both are of the same name. */
export function sides(app, note) {
  const [variant] = note.variants
  const texts = [{ text: variant.text, at: variant.at }, { text: note.text, at: note.text_at ?? note.written_at }]
  const me = app.kit.me.name
  const isMine = variant.by === me
  const [yours, theirs] = isMine ? texts : texts.reverse()
  const other = isMine ? note.text_by ?? note.by : variant.by
  return { variant, yours, theirs, other: other === me ? null : other }
}

/** Take the variant off the note and let `text` stay. */
async function decide(app, note, text) {
  await app.changeNote(note.id, (own) => settle(own, [note.variants[0].op], { text }))
}

/** The second text becomes a note of its own; only when that is on the server does the first one lose it. */
async function keepBoth(app, note, variant) {
  await app.guard(() => app.store.transact(async (tx) => {
    const own = await tx.get(note.id)
    if (!(await tx.get(variant.op))) tx.put(secondOf(own, variant, app.now()))
    tx.put(settle(own, [variant.op], { after: variant.op }))
  }))
  app.sync.kick()
}

/** Initials as in the bar above, where the whole name is known. */
const initialsOf = (app, first) => initials(app.kit.group.moderators.find(({ name }) => name.split(' ')[0] === first)?.name ?? first)

function side(app, title, name, { text, at, lang }, [before, own, after]) {
  return h('div', { class: 'side' },
    h('p', { class: 'side-head' }, h('span', { class: 'initials', 'aria-hidden': 'true' }, initialsOf(app, name)),
      h('strong', {}, title), h('time', {}, app.words.time(at))),
    h('p', { class: 'said', lang }, before, own && h('mark', {}, own), after))
}

/** @param {object} note  as `shown()` gives it, with at least one variant */
export function conflictCard(app, note) {
  const { say } = app.words
  const { variant, other, yours, theirs } = sides(app, note)
  const theirName = other ? say('of_name', { name: other }) : say('other_text')
  const { before, mine, theirs: own, after } = difference(yours.text, theirs.text)
  const theme = app.themeOf(note)
  const title = h('h2', { id: `conflict-${note.id}` }, other ? say('both_changed', { name: other }) : say('both_changed_unknown'))
  return h('section', { class: `conflict ${theme ? `theme-${theme.slot}` : 'theme-none'}`, 'aria-labelledby': title.id },
    h('div', { class: 'conflict-head' }, title, h('p', {}, say('while_apart'))),
    h('div', { class: 'two-sides' },
      side(app, say('yours'), app.kit.me.name, { ...yours, lang: note.lang }, [before, mine, after]),
      side(app, theirName, other ?? '?', { ...theirs, lang: note.lang }, [before, own, after])),
    h('div', { class: 'decide' },
      h('button', { type: 'button', class: 'button primary', onclick: () => keepBoth(app, note, variant) },
        icon('copy'), say('keep_both')),
      h('button', {
        type: 'button', class: 'button',
        onclick: async () => {
          await decide(app, note, joined(yours.text, theirs.text))
          app.edit(note.id)
        },
      }, say('join_them')),
      h('span', { class: 'spring' }),
      h('button', { type: 'button', class: 'button quiet', onclick: () => decide(app, note, yours.text) }, say('mine')),
      h('button', { type: 'button', class: 'button quiet', onclick: () => decide(app, note, theirs.text) },
        theirName)))
}
