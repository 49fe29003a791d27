// The note-pad's entry: finds out whose pad this is, opens their store, and starts.
import { readKit } from './answers.js'
import { createApp } from './app.js'
import { h } from './dom.js'
import { createNet } from './net.js'
import { openKnown, openStore } from './store.js'
import { createWords } from './words.js'
import { loadNewest, registerWorker } from './worker.js'

const words = createWords(JSON.parse(document.getElementById('words').textContent), document.documentElement.lang)

const toTheCode = () => h('a', { class: 'button primary', href: '/table/' }, words.say('join_a_table'))
const again = () => h('button', { type: 'button', class: 'button primary', onclick: loadNewest }, words.say('load_again'))

/** The pad cannot open: say why, and the way on. */
function explain(name, way = toTheCode) {
  document.getElementById('pad').replaceChildren(h('div', { class: 'closed' },
    h('h2', {}, words.say(name)), h('p', {}, words.say(`${name}_do`)), way()))
}

const REASONS = { signin: 'not_signed_in', gone: 'no_such_table' }

/** The kit this tablet remembers, else a fresh one; null after saying why there is none. */
async function findKit(known, net, group) {
  const remembered = await known.recall(group)
  if (remembered) return { kit: remembered.kit, isKitFresh: false }
  try {
    const verdict = readKit(await net.kit())
    if (verdict.kind === 'kit') {
      await known.keep(group, verdict.kit)
      return { kit: verdict.kit, isKitFresh: true }
    }
    explain(REASONS[verdict.kind] ?? 'never_opened')
  } catch {
    explain('never_opened')
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
  const app = createApp({ kit: found.kit, known, net, store, words })
  await app.start(found)
  await registerWorker(app.offerRelease)
  return app.ready.watch()
}

open().catch((error) => {
  if (error.name !== 'VersionError') throw error
  explain('newer_notes', again) // a newer release wrote here; it alone may read it
})
