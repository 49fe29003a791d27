// Where a new note is written. The draft is kept at each keystroke.
import { noteChoices, ratingLegend, RATINGS, ratingWord } from './choices.js'
import { h, icon } from '../shared/dom.js'
import { createMore } from './more.js'
import { blank, change, shown } from './outbox.js'

export const LONGEST_TEXT = 2000
const UNSAID = { rating: null, backers: null, disagreed: null, same_as: null }
const SECOND_TAP_MS = 1000 // an empty Add this soon after the last one was the finger, not a wish

/** A chip with a native list, for the moment when the keyboard leaves no room. */
function picker({ label, options, onPick }) {
  const element = h('select', { class: 'picker', 'aria-label': label, onchange: () => onPick(element.selectedIndex) },
    options.map((text) => h('option', {}, text)))
  return element
}

/** Leave the options of these values in a native list; `all` holds the value of each option in order. */
function offerIn(list, all, values) {
  all.forEach((value, at) => {
    const isOffered = values.includes(value)
    Object.assign(list.options[at], { hidden: !isOffered, disabled: !isOffered })
  })
}

/** @param {object} app */
export function createComposer(app) {
  const { say } = app.words
  // `id` becomes the id of the note: a draft seen in two tabs is added once.
  let draft = { id: app.newId(), text: '', kind: app.kit.kinds[0], theme: null, ...UNSAID }

  const groups = noteChoices(app, 'new', pick)
  const more = createMore(app, pick)
  const text = h('textarea', {
    id: 'new-note', 'aria-label': say('new_note'), placeholder: say('composer_placeholder'), rows: 3, autocapitalize: 'sentences',
    oninput: () => { set('text', text.value); more.look(() => draft) }, onkeydown: addByKeys,
    onfocus: () => { app.fitKeyboard(); app.here(null) }, onblur: () => setTimeout(app.fitKeyboard, 100),
  })
  const kept = h('p', { class: 'kept', hidden: true }, icon('check'), say('draft_kept'))
  const missing = h('p', { class: 'missing', id: 'new-missing', hidden: true })
  const themeIds = [null, ...app.kit.themes.map(({ id }) => id)]
  const rates = [null, ...RATINGS]
  const rateWords = () => RATINGS.map((value) => ratingWord(app, app.session, value))
  const pickers = {
    kind: picker({
      label: say('kind'), options: app.kit.kinds.map((kind) => say(`kind_${kind}`)), onPick: (at) => pick('kind', app.kit.kinds[at]),
    }),
    theme: picker({
      label: say('theme'), options: [say('no_theme'), ...app.kit.themes.map(({ short }) => short)],
      onPick: (at) => pick('theme', themeIds[at]),
    }),
    rating: picker({
      label: ratingLegend(app, app.session), options: [say('not_rated'), ...rateWords()],
      onPick: (at) => pick('rating', rates[at]),
    }),
  }
  const hand = h('button', { type: 'button', class: 'button quiet hand', onclick: () => app.setPreference('hand', other()) })
  const element = h('section', { class: 'composer', 'aria-labelledby': 'composer-title' },
    h('div', { class: 'composer-head' }, h('h2', { id: 'composer-title' }, say('new_note')), hand),
    groups.kind.element,
    h('div', { class: 'pickers' }, pickers.kind, pickers.theme, pickers.rating),
    h('div', { class: 'paper' }, text, kept),
    more.same,
    missing,
    groups.rating.element,
    groups.theme.element,
    more.element,
    h('button', { type: 'button', class: 'button primary add', onclick: add }, icon('plus'), h('span', {}, say('add_note'))))

  const other = () => (app.preferences.hand === 'left' ? 'right' : 'left')

  /** One write after the other, the newest last; the mark shows when the newest is kept. Its place stays meanwhile. */
  async function keepDraft() {
    kept.classList.add('waits')
    const mine = draft
    const isKept = await app.guard(() => app.store.keep('draft', mine))
    if (isKept && mine === draft) showKept()
  }

  function showKept() {
    kept.hidden = !draft.text
    kept.classList.remove('waits')
  }

  function set(field, value) {
    draft = { ...draft, [field]: value }
    missing.hidden = true
    text.removeAttribute('aria-describedby')
    app.here(null)
    keepDraft()
  }

  function pick(field, value) {
    set(field, value)
    showChoices()
  }

  function showChoices() {
    for (const field of ['kind', 'theme', 'rating']) groups[field].set(draft[field])
    more.set(draft)
    pickers.kind.selectedIndex = app.kit.kinds.indexOf(draft.kind)
    pickers.theme.selectedIndex = themeIds.indexOf(draft.theme)
    pickers.rating.selectedIndex = rates.indexOf(draft.rating)
    const slot = app.kit.themes.find(({ id }) => id === draft.theme)?.slot
    pickers.kind.className = 'picker chosen'
    pickers.theme.className = slot ? `picker chosen theme-${slot}` : 'picker'
    pickers.rating.className = draft.rating ? 'picker chosen rated' : 'picker'
  }

  /** The words of the scale the session at hand rates with. */
  function callRatings() {
    const words = ratingLegend(app, app.session)
    groups.rating.call(words, (value) => ratingWord(app, app.session, value))
    pickers.rating.setAttribute('aria-label', words)
    rateWords().forEach((word, at) => { pickers.rating.options[at + 1].textContent = word })
  }

  /** The kinds and themes of the session at hand; a kit kept before sessions had their own offers everything. */
  function showOffered() {
    const kinds = app.session?.kinds ?? app.kit.kinds
    const themes = [null, ...(app.session?.themes ?? themeIds)]
    groups.kind.offer(kinds)
    groups.theme.offer(themes)
    offerIn(pickers.kind, app.kit.kinds, kinds)
    offerIn(pickers.theme, themeIds, themes)
    if (kinds.includes(draft.kind) && themes.includes(draft.theme)) return
    draft = { ...draft, kind: kinds.includes(draft.kind) ? draft.kind : kinds[0], theme: themes.includes(draft.theme) ? draft.theme : null }
    showChoices()
  }

  function refuse(sentence) {
    missing.textContent = sentence
    missing.hidden = false
    text.setAttribute('aria-describedby', missing.id)
    app.announce(sentence)
    text.focus()
  }

  function addByKeys(event) {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) add()
  }

  let addedAt = 0

  /** The words of a note that could not be kept come back, before what was typed since. */
  function giveBack(taken) {
    draft = { ...taken, text: [taken.text, draft.text].filter(Boolean).join('\n') }
    text.value = draft.text
    showChoices()
  }

  /** The words leave the paper at once, so that a second tap finds none and what is typed meanwhile is the next note. */
  async function add() {
    const words = draft.text.trim()
    if (!words && Date.now() - addedAt < SECOND_TAP_MS) return undefined
    if (!words) return refuse(say('nothing_written'))
    if (words.length > LONGEST_TEXT) return refuse(say('too_long', { count: words.length - LONGEST_TEXT }))
    if (!app.session) return refuse(say('no_session'))
    const { session, prompt } = app
    const fields = {
      session: session.id, prompt: prompt?.id ?? null, initiative: prompt?.initiative ?? null, kind: draft.kind,
      theme: draft.theme, lang: app.noteLanguage(), text: words, rating: session.rates ? draft.rating : null,
      backers: draft.backers, disagreed: draft.disagreed, same_as: draft.same_as,
    }
    const taken = draft
    draft = { ...draft, id: app.newId(), text: '', ...UNSAID }
    text.value = ''
    kept.hidden = true
    more.element.open = false
    showChoices()
    const isKept = await app.guard(() => app.store.transact(async (tx) => {
      const added = await tx.get(taken.id)
      if (!added) tx.put(change(blank(taken.id, app.now()), fields))
      else if (shown(added).text !== words) tx.put(change(blank(app.newId(), app.now()), fields))
      tx.keep('draft', draft)
    }))
    addedAt = Date.now()
    if (!isKept) return giveBack(taken)
    app.announce(say('added'))
    app.sync.kick()
    return text.focus()
  }

  return {
    element,
    draft: () => draft,
    add,
    /** Words out of a saved copy join what is being written. */
    append(words) {
      if (draft.text.includes(words)) return
      text.value = [draft.text, words].filter(Boolean).join('\n')
      set('text', text.value)
    },
    /** Bring back what was being written before the page closed, or before the kit changed. */
    async restore(before = undefined) {
      draft = { ...draft, ...(before ?? await app.store.recall('draft')) }
      if (!app.kit.kinds.includes(draft.kind)) draft.kind = app.kit.kinds[0]
      if (!themeIds.includes(draft.theme)) draft.theme = null
      text.value = draft.text
      showKept()
      showChoices()
    },
    render() {
      hand.replaceChildren(icon('arrow-left-right'), say(`hand_${other()}`))
      groups.rating.element.hidden = !app.session?.rates
      pickers.rating.hidden = !app.session?.rates
      callRatings()
      showOffered()
      text.lang = app.noteLanguage()
    },
    focus: () => text.focus(),
  }
}
