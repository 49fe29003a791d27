// Whether this tablet would open its table and keep notes without a connection: found out before it matters, and said in
// the menu, line by line.
import { h, icon, newId, show } from '../shared/dom.js'
import { findMissing } from '../shared/worker.js'

const ROOM_WANTED = 20_000_000 // bytes: an evening of notes takes less than one million
const FIRST_CHECK_MS = 10_000 // for browsers in which no worker ever comes
const NEWS_SHOWN_MS = 10_000
const PARTS_OF_KIT = ['sessions', 'themes', 'kinds', 'initiatives']

/** Whether Safari forgets this page after seven days without use: on an iPhone or iPad, unless it is on the Home Screen. */
export function isForgotten({ userAgent, maxTouchPoints, standalone }) {
  const isApple = /iPhone|iPad|iPod/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1)
  return isApple && !standalone
}

/**
 * @typedef {object} Facts
 * @property {boolean} hasWorkers  whether the browser can keep pages at all
 * @property {string[]|null} missing  files that would not come; null when nothing keeps the page
 * @property {boolean} hasKit
 * @property {boolean} canWrite
 * @property {number|null} free  bytes, where the browser tells
 * @property {boolean} isPersistent
 * @property {boolean} isForgotten
 *
 * @param {Facts} facts
 * @returns {{part: string, state: 'good'|'bad'|'hint', word: string, count?: number}[]}
 */
export function judge({ hasWorkers, missing, hasKit, canWrite, free, isPersistent, isForgotten: isOnLoan }) {
  const page = !hasWorkers ? 'ready_page_never' : missing === null ? 'ready_page_not' : missing.length ? 'ready_page_missing' : 'ready_page'
  const lines = [
    { part: 'page', state: missing?.length === 0 ? 'good' : 'bad', word: page, count: missing?.length ?? 0 },
    { part: 'kit', state: hasKit ? 'good' : 'bad', word: hasKit ? 'ready_kit' : 'ready_kit_not' },
    { part: 'writing', state: canWrite ? 'good' : 'bad', word: canWrite ? 'ready_writing' : 'ready_writing_not' },
  ]
  if (free !== null) {
    const isEnough = free >= ROOM_WANTED
    lines.push({ part: 'room', state: isEnough ? 'good' : 'bad', word: isEnough ? 'ready_room' : 'ready_room_not' })
  }
  const lasting = isOnLoan ? 'ready_home_screen' : isPersistent ? 'ready_lasting' : 'ready_lasting_not'
  return [...lines, { part: 'lasting', state: lasting === 'ready_lasting' ? 'good' : 'hint', word: lasting }]
}

/** "1.2 GB", in the language of the page. */
export function size(bytes, lang) {
  const [unit, value] = bytes < 1e9 ? ['megabyte', Math.floor(bytes / 1e6)] : ['gigabyte', Math.floor(bytes / 1e8) / 10]
  return new Intl.NumberFormat(lang, { style: 'unit', unit }).format(value)
}

function filesOfPage() {
  const named = [...document.querySelectorAll('script[src], link[href]')].map((element) => element.src || element.href)
  return [...named, document.body.dataset.icons].map((url) => new URL(url, location.href).pathname)
}

async function hasKit(known, { group, me }) {
  const kept = (await known.recall(group.id).catch(() => null))?.kit
  return kept?.me.key === me.key && PARTS_OF_KIT.every((part) => Array.isArray(kept[part]))
}

async function canWrite(store) {
  const probe = newId()
  try {
    await store.transact(async (tx) => tx.keep('probe', probe))
    return (await store.recall('probe')) === probe
  } catch {
    return false
  }
}

async function free() {
  const { quota, usage } = (await navigator.storage?.estimate?.()) ?? {}
  return quota === undefined ? null : Math.max(0, quota - usage)
}

/** Ask once a visit: some browsers put the question to the person. */
async function isPersistent(isFirst) {
  const { storage } = navigator
  return (await storage?.persisted?.()) || (isFirst && (await storage?.persist?.())) || false
}

async function findFacts({ known, store, kit }, isFirst) {
  const standalone = navigator.standalone === true || matchMedia('(display-mode: standalone)').matches
  return {
    hasWorkers: 'serviceWorker' in navigator,
    missing: await findMissing(filesOfPage()),
    hasKit: await hasKit(known, kit),
    canWrite: await canWrite(store),
    free: await free(),
    isPersistent: await isPersistent(isFirst),
    isForgotten: isForgotten({ userAgent: navigator.userAgent, maxTouchPoints: navigator.maxTouchPoints, standalone }),
  }
}

const MARKS = { good: 'circle-check', bad: 'cloud-alert', hint: 'info' }

/** @param {{app: object, known: object}} parts */
export function createReady({ app, known }) {
  const { say, lang } = app.words
  const element = h('section', { class: 'ready', 'aria-labelledby': 'ready-title' })
  let facts = null
  let running = null
  let told = null

  function sentences() {
    return judge(facts).map(({ state, word, count }) => ({ state, text: say(word, { count, size: size(facts.free ?? 0, lang) }) }))
  }

  /** Whether nothing is missing; null until it was found out. */
  const isReady = () => (facts ? judge(facts).every(({ state }) => state !== 'bad') : null)

  function render() {
    const lines = facts ? sentences() : []
    const [mark, title] = !facts ? ['hourglass', 'ready_checking'] : isReady() ? ['circle-check', 'ready'] : ['cloud-alert', 'ready_not']
    show(element, [title, lines], () => [
      h('h3', { id: 'ready-title', class: facts && !isReady() ? 'bad' : null }, icon(mark), say(title)),
      h('ul', {}, lines.map(({ state, text }) => h('li', { class: state }, icon(MARKS[state]), h('span', {}, text)))),
    ])
  }

  /** Say it once under the bar: that all is ready, the first time on this tablet, and each time something is missing. */
  async function tell() {
    const bad = sentences().filter(({ state }) => state === 'bad').map(({ text }) => text).join(' ')
    if (bad === told) return
    let isKnown = false
    if (!bad && told === null) await app.guard(async () => { isKnown = await app.store.recall('ready') })
    told = bad
    if (isKnown) return
    if (!bad) {
      await app.guard(() => app.store.keep('ready', true))
      setTimeout(() => app.forget('readiness'), NEWS_SHOWN_MS)
    }
    app.state.readiness = bad ? ['waiting', 'cloud-alert', say('ready_not'), bad]
      : ['good', 'circle-check', say('ready'), facts.isForgotten ? say('ready_home_screen') : '']
    app.render()
  }

  async function look() {
    if (app.state.isTaken) return
    facts = await findFacts({ known, store: app.store, kit: app.kit }, facts === null)
    render()
    await tell()
  }

  /** Look at everything anew; what the browser dropped is fetched again. */
  function check() {
    running ??= look().finally(() => { running = null })
    return running
  }

  render()
  return {
    element,
    check,
    isReady,
    /** Look once the worker stands behind the page, and whenever the connection comes back. */
    watch() {
      const { serviceWorker } = navigator
      serviceWorker?.addEventListener('controllerchange', check)
      window.addEventListener('online', check)
      if (serviceWorker?.controller) check()
      else setTimeout(check, FIRST_CHECK_MS)
    },
  }
}
