// Sends who has come and takes who is expected. Storage, network and lock are handed in, so that it runs at a desk.
import { createCourier, fit, linkOf, TryLater } from '../shared/courier.js'
import { inOrder, offeredAgain, takeAck, withAcked } from './arrivals.js'
import { readList, readSent } from './answers.js'

/**
 * The next ops in the order of this phone, marked as tried before they go.
 * @param {import('../shared/database.js').Transaction} tx
 */
async function nextBatch(tx, limit) {
  const waiting = inOrder(await tx.all()).filter(({ state }) => state === 'waiting')
  const ops = fit(waiting.map(({ op }) => op), limit)
  for (const thing of waiting.slice(0, ops.length)) if (!thing.isTried) tx.put({ ...thing, isTried: true })
  return ops
}

/** Notice another history of the server: everything that was sent waits again. */
async function noticeRestore(tx, epoch) {
  const list = await tx.recall('list')
  if (!list || list.epoch === epoch) return
  for (const thing of await tx.all()) {
    const next = offeredAgain(thing)
    if (next !== thing) tx.put(next)
  }
  tx.keep('list', { ...list, epoch, version: '' })
}

async function takeAcks(tx, acks) {
  let list = await tx.recall('list')
  const things = await tx.all()
  for (const ack of acks) {
    const thing = things.find(({ id }) => id === ack.op)
    if (!thing) continue
    const isTakenBack = ack.status !== 'stored' && things.some(({ op }) => op.of === ack.op)
    if (isTakenBack) tx.remove(thing.id) // what was undone here meanwhile asks nobody
    else tx.put(takeAck(thing, ack))
    list = { ...list, people: withAcked(list.people, ack, thing.op.registration) }
  }
  tx.keep('list', list)
}

/**
 * @param {object} parts
 * @param {{list: (version: string) => Promise<any>, push: (ops: object[]) => Promise<any>}} parts.net
 * @param {{transact: Function, recall: Function}} parts.store
 * @param {string} parts.key  whose desk this is
 * @param {(work: () => Promise<void>) => Promise<void>} parts.lock  one tab talks at a time
 * @param {() => boolean} [parts.maySend]
 * @param {(news: object) => void} [parts.report]  as the courier's, and {list: true} after a list was taken
 */
export function createSync({ net, store, key, lock, maySend, report = () => {}, later, sentenceOf }) {
  const courier = createCourier({
    push: net.push, read: readSent, lock, maySend, report, later, sentenceOf,
    next: (limit) => store.transact((tx) => nextBatch(tx, limit)),
    setAside: (ack) => store.transact((tx) => takeAcks(tx, [{ ...ack, person: null }])),
    take: ({ epoch, acks }) => store.transact(async (tx) => {
      await noticeRestore(tx, epoch)
      await takeAcks(tx, acks)
    }),
  })

  /** Take the list; an answer for somebody else is none. */
  async function takeList() {
    const before = await store.recall('list')
    const verdict = readList(await net.list(before?.version ?? ''))
    if (verdict.kind !== 'list') throw new TryLater(verdict.kind, verdict.wait)
    const { list } = verdict
    if (list.me.key !== key) throw new TryLater('other')
    await store.transact(async (tx) => {
      await noticeRestore(tx, list.epoch)
      const kept = await tx.recall('list')
      tx.keep('list', { ...kept, ...list })
    })
    report({ list: true, serverTime: list.server_time, ...(!courier.isFailing() && { link: 'online' }) })
  }

  /** Fetch the list, between two sends and never beside one: an older list would undo what was just acked. */
  async function pull() {
    try {
      await lock(takeList)
      return true
    } catch (error) {
      report({ link: linkOf(error), failures: courier.failures() })
      return false
    }
  }

  return { kick: courier.kick, send: courier.send, isFailing: courier.isFailing, pull }
}
