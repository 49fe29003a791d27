// The check-in page's entry: finds out whose phone this is and which door, opens the store, and starts.
import { readList } from './answers.js'
import { createApp } from './app.js'
import { isUnsent } from './arrivals.js'
import { createNet } from './net.js'
import { openKnown, openStore, sweep } from './store.js'
import { h } from '../shared/dom.js'
import { troubleOf } from '../shared/database.js'
import { loadNewest, registerWorker } from '../shared/worker.js'
import { createWords } from '../shared/words.js'

const words = createWords(JSON.parse(document.getElementById('words').textContent), document.documentElement.lang)
const toTheDoors = () => h('a', { class: 'button primary', href: '/desk/' }, words.say('choose_workshop'))
const again = () => h('button', { type: 'button', class: 'button primary', onclick: loadNewest }, words.say('load_again'))

/** The page cannot open, or not any more: say why, and the way on. */
function explain(name, way = toTheDoors) {
  document.getElementById('banner').hidden = true
  document.getElementById('desk').replaceChildren(h('div', { class: 'closed' },
    h('h2', {}, words.say(name)), h('p', {}, words.say(`${name}_do`)), way()))
}

const REASONS = { signin: 'desk_signed_out', gone: 'desk_missing', offline: 'desk_never_opened' }

/** Whoever left without a connection is signed out now. */
async function leaveAtLast(net, record, list) {
  if (!record?.isLeft || record.key !== list.me.key) return false
  await net.signOut().catch(() => {})
  explain('desk_left')
  return true
}

async function fetchList(net) {
  const answer = await net.list('').catch(() => null)
  return answer ? readList(answer) : { kind: 'offline' }
}

/** The list this phone keeps, else a new one with its store; null after saying why there is none. */
async function findList(known, net, workshop) {
  const record = await known.recall(workshop)
  if (record && !record.isLeft) {
    const store = await openStore(record.key, workshop, () => explain('desk_other_tab', again))
    const list = await store.recall('list')
    if (list) return { store, list }
    store.close()
  }
  const verdict = await fetchList(net)
  if (verdict.kind !== 'list') explain(record?.isLeft ? 'desk_left' : REASONS[verdict.kind] ?? 'desk_never_opened')
  else if (!await leaveAtLast(net, record, verdict.list)) return openFor(verdict.list, workshop)
  return null
}

async function openFor(list, workshop) {
  const store = await openStore(list.me.key, workshop, () => explain('desk_other_tab', again))
  if (list.workshop.is_over && !(await store.all()).length) {
    await store.erase()
    explain('desk_over')
    return null
  }
  await store.transact(async (tx) => tx.keep('list', { ...(await tx.recall('list')), ...list }))
  return { store, list }
}

/** Without a connection the doors of this phone can still be chosen. */
async function offerDoors(known) {
  const doors = []
  for (const workshop of await known.workshops()) {
    const { title, startsAt, isLeft } = await known.recall(workshop)
    if (!isLeft) doors.push(h('li', { class: 'line' }, h('a', { href: `/desk/${workshop}/` }, title), h('p', {}, words.day(startsAt))))
  }
  if (!doors.length) return explain('desk_never_opened', again)
  return document.getElementById('desk').replaceChildren(h('div', { class: 'closed' },
    h('h2', {}, words.say('choose_workshop')), h('ul', { class: 'lines' }, doors)))
}

/** Another person is signed in than the one whose ticks this phone shows: theirs stay closed while some are unsent. */
async function switchTo(known, net, store, key) {
  const verdict = await fetchList(net)
  if (verdict.kind !== 'list' || verdict.list.me.key === key) return
  if (!(await store.all()).some(isUnsent)) await store.erase()
  await known.keep(verdict.list)
  location.reload()
}

async function open() {
  const known = await openKnown()
  await sweep(known, Date.now())
  const workshop = /^\/desk\/([0-9a-f-]{36})\/$/.exec(location.pathname)?.[1]
  if (!workshop) return offerDoors(known)
  const net = createNet(workshop)
  const found = await findList(known, net, workshop)
  if (!found) return undefined
  const { store, list } = found
  store.use()
  await known.keep(list)
  const app = createApp({ workshop, list, known, net, store, words, explain })
  await app.start()
  if (app.state.link === 'other') await switchTo(known, net, store, list.me.key)
  await navigator.storage?.persist?.()
  return registerWorker(app.offerRelease)
}

open().catch((error) => {
  if (error.name === 'VersionError') return explain('desk_newer', again) // a newer release wrote here; it alone may read it
  explain(troubleOf(error) ? 'desk_storage_broken' : 'desk_not_opened', again)
  if (!troubleOf(error)) throw error
})
