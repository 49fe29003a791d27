// The question, the filters and the notes of the table.
import { card } from './card.js'
import { worthOf } from './confirming.js'
import { conflictCard } from './conflict.js'
import { h, icon, show, svg } from '../shared/dom.js'
import { dot, isHeld, isUnsent, needsPerson, shown } from './outbox.js'
import { tableDrawing } from '../shared/table.js'
import { createTally } from './tally.js'
import { secondsLeft } from './top.js'

const SCROLLED_PX = 80
const GROUPING_MS = 1500 // notes that come together are announced together
const ROW_PX = 2
const GAP_PX = 14
const READ_BACK_SECONDS = 10 * 60

function questionLine(app) {
  const { say } = app.words
  const { session, prompt } = app
  const prompts = session?.prompts ?? []
  const at = prompts.indexOf(prompt)
  return [
    !session?.rates && prompt && h('span', { class: 'ask' }, say('ask_of', { number: at + 1, total: prompts.length })),
    h('p', { class: 'question' }, prompt?.text ?? session?.title ?? ''),
    !session?.rates && prompts.length > 1 && h('button', {
      type: 'button', class: 'button quiet next', onclick: () => app.choosePrompt(prompts[(at + 1) % prompts.length].id),
    }, say('next_question'), icon('chevron-right')),
    h('div', { class: 'switch', role: 'group', 'aria-label': say('mode') },
      ['write', 'dots'].map((mode) => h('button', {
        type: 'button', 'aria-pressed': String(app.ui.mode === mode), onclick: () => app.setMode(mode),
      }, mode === 'write' ? icon('pencil-line') : discMark(), say(`mode_${mode}`)))),
  ]
}

const discMark = () => svg('svg', { class: 'dot', viewBox: '0 0 12 12', 'aria-hidden': 'true' }, svg('circle', { cx: 6, cy: 6, r: 6 }))

function chip({ label, count, mark, isOn, className = '', onclick }) {
  return h('button', { type: 'button', class: `chip ${className} ${count ? '' : 'nobody'}`, 'aria-pressed': String(isOn), onclick },
    mark, h('span', {}, label), h('span', { class: 'count' }, String(count)))
}

function promptChips(app, notes) {
  return app.session.prompts.map((prompt) => chip({
    label: app.initiativeOf(prompt)?.short ?? prompt.text, count: notes.filter((note) => note.prompt === prompt.id).length,
    isOn: prompt === app.prompt, className: 'initiative', onclick: () => app.choosePrompt(prompt.id),
  }))
}

function themeChips(app, notes) {
  const all = chip({
    label: app.words.say('all'), count: notes.length, isOn: app.ui.filter === null, onclick: () => app.setFilter(null),
  })
  const offered = app.session?.themes ?? app.kit.themes.map(({ id }) => id)
  const of = (id) => notes.filter((note) => note.theme === id).length
  return [all, ...app.kit.themes.filter(({ id }) => offered.includes(id) || of(id)).map(({ id, short, slot, icon: mark }) => chip({
    label: short, count: of(id), mark: icon(mark), className: `theme-${slot}`,
    isOn: app.ui.filter === id, onclick: () => app.setFilter(app.ui.filter === id ? null : id),
  }))]
}

const newestFirst = (a, b) => (a.born === b.born ? (a.id < b.id ? -1 : 1) : a.born < b.born ? 1 : -1)

/** Notes of the session at hand, as they should be seen, newest first. */
function notesOfSession(app) {
  return [...app.notes.values()].sort(newestFirst)
    .map((own) => ({ own, note: shown(own, app.kit.me.name) }))
    .filter(({ note }) => !note.deleted && note.session === app.session?.id)
}

function isInFilter(app, note) {
  if (app.session.rates) return note.prompt === app.prompt?.id
  return app.ui.filter === null || note.theme === app.ui.filter
}

/** Whether it is time to read the notes back: the session ends soon, and the table has not confirmed what stands here. */
function isDue(app, entries) {
  const left = secondsLeft(app.session, app.nowMs())
  if (!entries.length || left === null || left > READ_BACK_SECONDS) return false
  const thing = app.confirmation()
  if (!thing) return true
  const { changed, added } = worthOf(thing, app.notes)
  return changed.size + added.size > 0
}

/** @param {object} app */
export function createBoard(app) {
  const { say } = app.words
  const question = h('div', { class: 'question-line' })
  const filters = h('div', { class: 'filters', role: 'group', 'aria-label': say('filters') })
  const readBack = h('div', { class: 'read-back', hidden: true }, icon('book-open-check'), h('p', {}, say('readback_due')),
    h('button', { type: 'button', class: 'button', onclick: () => app.openReadback() }, say('read_back')))
  const plenary = h('p', { class: 'budget plenary' })
  const budget = h('p', { class: 'budget' })
  const tally = createTally(app)
  const conflicts = h('div', { class: 'conflicts' })
  const list = h('ul', { class: 'notes', 'aria-label': say('notes') })
  const empty = h('div', { class: 'empty' }, tableDrawing({ seats: app.kit.group.seats, people: 0 }), h('p', {}, say('board_empty')))
  const fresh = h('button', { type: 'button', class: 'button primary fresh', hidden: true, onclick: () => showFresh() })
  const element = h('section', { class: 'board', 'aria-label': say('board') },
    question, filters, tally.element, readBack, plenary, budget, fresh, conflicts, list, empty)

  const items = new Map()
  let seen = null
  let behind = new Set()
  let arrived = []
  let telling = null
  let isTouched = false
  let isStale = false

  const sizes = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const rows = Math.ceil((target.offsetHeight + GAP_PX) / ROW_PX)
      target.parentElement?.style.setProperty('grid-row-end', `span ${rows}`)
    }
  })

  const isScrolled = () => element.scrollTop > SCROLLED_PX || window.scrollY > SCROLLED_PX

  function release() {
    isTouched = false
    if (isStale) app.render()
  }
  list.addEventListener('pointerdown', () => { isTouched = true })
  for (const name of ['pointerup', 'pointercancel']) window.addEventListener(name, () => setTimeout(release, 0))
  element.addEventListener('scroll', () => { if (behind.size && !isScrolled()) showFresh() })
  list.addEventListener('click', ({ target }) => {
    const button = target.closest('[data-act]')
    if (!button) return
    const { id } = button.closest('li').dataset
    if (button.dataset.act === 'edit') app.edit(id)
    else give(id, button.dataset.act === 'give' ? 1 : -1)
  })

  function showFresh() {
    behind = new Set()
    element.scrollTo({ top: 0 })
    app.render()
  }

  async function give(id, add) {
    if (add > 0 && app.dotsLeft() <= 0) {
      app.announce(say('no_dots_left'))
      return
    }
    await app.changeNote(id, (own) => dot(own, add))
    app.announce(say('dots_left', { count: app.dotsLeft() }))
  }

  function stateOf({ own, note }) {
    return {
      isWaiting: isUnsent(own) && !needsPerson(own) && app.isApart(),
      isDotting: app.ui.mode === 'dots',
      writer: app.writerOf(note.id),
      isHeld: isHeld(own),
      isCorrecting: app.isCorrecting(note.id),
      refusals: own.refused.map(({ sentence }) => sentence),
    }
  }

  function itemOf(entry) {
    const { id } = entry.note
    if (!items.has(id)) items.set(id, h('li', { 'data-id': id }))
    const item = items.get(id)
    const state = stateOf(entry)
    const act = item.contains(document.activeElement) ? document.activeElement.dataset.act : null
    show(item, [entry.note, state, app.kit.themes], () => {
      const article = card(app, entry.note, state)
      if (item.firstElementChild) sizes.unobserve(item.firstElementChild)
      sizes.observe(article)
      return [article]
    })
    if (act && !item.contains(document.activeElement)) (item.querySelector(`[data-act="${act}"]`) ?? item.querySelector('.cover'))?.focus()
    return item
  }

  /** Put the cards in order without touching those that stay, so that focus and scrolling hold. */
  function arrange(entries) {
    const wanted = entries.map(itemOf)
    const kept = new Set(wanted)
    for (const item of [...list.children]) if (!kept.has(item)) item.remove()
    wanted.forEach((item, at) => { if (list.children[at] !== item) list.insertBefore(item, list.children[at] ?? null) })
    for (const id of items.keys()) if (!app.notes.has(id)) items.delete(id)
  }

  /** Notes of others that came since the last look: said aloud once, and kept behind a button while one reads below. */
  function welcome(entries) {
    const isFirst = seen === null || !app.state.isFilled
    const came = isFirst ? [] : entries.filter(({ note }) => !seen.has(note.id) && note.by !== app.kit.me.name)
    seen = new Set(entries.map(({ note }) => note.id))
    if (!came.length) return
    if (isScrolled()) for (const { note } of came) behind.add(note.id)
    arrived.push(...came.map(({ note }) => note.by))
    telling ??= setTimeout(tellArrived, GROUPING_MS)
  }

  function tellArrived() {
    const [name, ...others] = new Set(arrived)
    const count = arrived.length
    app.announce(others.length ? say('new_notes', { count }) : say('new_notes_from', { count, name }))
    arrived = []
    telling = null
  }

  function render() {
    tally.render()
    if (isTouched) {
      isStale = true
      return
    }
    isStale = false
    const entries = notesOfSession(app)
    const notes = entries.map(({ note }) => note)
    welcome(entries)
    show(question, [app.session, app.prompt, app.ui.mode], () => questionLine(app))
    show(filters, [app.session, app.ui.filter, app.prompt?.id, app.kit.themes, notes.map(({ theme, prompt }) => [theme, prompt])],
      () => (app.session?.rates ? promptChips(app, notes) : themeChips(app, notes)))
    const [first, second] = app.session?.rates ? [filters, question] : [question, filters]
    if (first.nextElementSibling !== second) element.prepend(first, second)
    readBack.hidden = !isDue(app, entries)
    plenary.hidden = !entries.some(({ note }) => app.isCorrecting(note.id))
    plenary.textContent = say('report_back_now')
    budget.hidden = app.ui.mode !== 'dots'
    budget.textContent = say('dots_left', { count: Math.max(0, app.dotsLeft()) })
    const split = entries.filter(({ note }) => note.variants.length)
    show(conflicts, split.map(({ note }) => note), () => split.map(({ note }) => conflictCard(app, note)))
    const visible = entries.filter(({ note }) => !note.variants.length && isInFilter(app, note) && !behind.has(note.id))
    arrange(visible)
    fresh.hidden = behind.size === 0
    fresh.textContent = say('new_notes', { count: behind.size })
    empty.hidden = visible.length + split.length > 0
  }

  return { element, render }
}
