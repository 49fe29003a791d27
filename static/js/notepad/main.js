// The note-pad's entry: finds out whose pad this is, opens their store, and starts.
import { readKit } from './answers.js'
import { createApp } from './app.js'
import { h } from '../shared/dom.js'
import { isOver, sweep } from './legacy.js'
import { createNet } from './net.js'
import { openKnown, openStore, troubleOf } from './store.js'
import { createWords } from '../shared/words.js'
import { loadNewest, registerWorker } from '../shared/worker.js'

const words = createWords(JSON.parse(document.getElementById('words').textContent), document.documentElement.lang)

const toTheCode = () => h('a', { class: 'button primary', href: '/table/' }, words.say('join_a_table'))
const again = () => h('button', { type: 'button', class: 'button primary', onclick: loadNewest }, words.say('load_again'))

/** The pad cannot open: say why, and the way on. */
function explain(name, way = toTheCode) {
  document.getElementById('pad').replaceChildren(h('div', { class: 'closed' },
    h('h2', {}, words.say(name)), h('p', {}, words.say(`${name}_do`)), way()))
}

const REASONS = { signin: 'not_signed_in', gone: 'no_such_table' }

/** A tablet that was left without a connection tells the server now. Somebody signed in as themselves is back instead. */
async function leaveAtLast(net, remembered, kit) {
  if (!remembered?.isLeft || remembered.key !== kit.me.key || !kit.me.key.startsWith('device:')) return false
  await net.leave().catch(() => {})
  explain('table_left')
  return true
}

/** Whether somebody has joined just now: then it may be another person than the one this tablet remembers. */
function hasJustJoined() {
  const [arrival] = performance.getEntriesByType('navigation')
  return arrival?.type === 'navigate' && document.referrer === new URL('/table/', location.href).href
}

/** The kit this tablet remembers, else a fresh one; null after saying why there is none. */
async function findKit(known, net, group) {
  const remembered = await known.recall(group)
  const own = remembered?.kit && { kit: remembered.kit, isKitFresh: false }
  if (own && !hasJustJoined()) return own
  const closed = remembered?.isLeft ? 'table_left' : 'never_opened'
  const answer = await net.kit().catch(() => null)
  const verdict = answer ? readKit(answer) : { kind: 'offline' }
  if (own && verdict.kind !== 'kit') return own
  if (verdict.kind !== 'kit') explain(REASONS[verdict.kind] ?? closed)
  else if (isOver(verdict.kit) && !remembered?.earlier.length) explain('workshop_over')
  else if (!await leaveAtLast(net, remembered, verdict.kit)) {
    await known.keep(group, verdict.kit)
    return { kit: verdict.kit, isKitFresh: true }
  }
  return null
}

async function open() {
  const group = /^\/table\/([0-9a-f-]{36})\/$/.exec(location.pathname)?.[1]
  if (!group) return explain('no_such_table')
  const known = await openKnown()
  const net = createNet(group)
  const found = await findKit(known, net, group)
  if (!found) return undefined
  const store = await openStore(found.kit.me.key, group, () => explain('other_tabs', again))
  store.use()
  const app = createApp({ kit: found.kit, known, net, store, words })
  await app.start(found)
  sweep(known, app.nowMs())
  await registerWorker(app.offerRelease)
  return app.ready.watch()
}

open().catch((error) => {
  if (error.name === 'VersionError') return explain('newer_notes', again) // a newer release wrote here; it alone may read it
  explain(troubleOf(error) ? 'storage_broken' : 'not_opened', again)
  if (!troubleOf(error)) throw error
})
