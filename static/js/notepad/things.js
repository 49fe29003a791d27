// What the store holds and the outbox sends: notes, and tallies of the rating round. Each kind has a model of its own;
// here they meet under the same names.
import { emptyTally, freezeTally, freezeWhole, isTally, joinTallies, receiveTally, recount, takeTallyAck, tallyId } from './counting.js'
import * as notes from './outbox.js'

/** The id of the thing an op changes. */
export const thingOf = (op) => (op.do === 'tally' ? tallyId(op.session, op.initiative) : op.note)

export const freeze = (thing, newId, context) =>
  (isTally(thing) ? freezeTally(thing) : notes.freeze(thing, newId, context))

/** The ops of all answers that wait, however many each initiative has. @param {import('./store.js').Transaction} tx */
export async function freezeTallies(tx) {
  const frozen = (await tx.all()).filter((thing) => isTally(thing) && thing.queue.length).map(freezeWhole)
  for (const { note } of frozen) tx.put(note)
  return frozen.flatMap(({ ops }) => ops)
}

export const isInFlight = (thing) => (isTally(thing) ? Boolean(thing.queue[0]?.isSent) : thing.sent !== null)

export const takeAck = (thing, ack) => (isTally(thing) ? takeTallyAck(thing, ack) : notes.takeAck(thing, ack))

export const receive = (thing, row) => (isTally(thing) ? receiveTally(thing, row) : notes.receive(thing, row))

export const isUnsent = (thing) => (isTally(thing) ? thing.queue.length > 0 : notes.isUnsent(thing))

export const doubt = (thing, epoch) =>
  (isTally(thing) ? (thing.server ? { ...thing, doubted: true } : thing) : notes.doubt(thing, epoch))

export const offerAgain = (thing) => (isTally(thing) ? recount(thing) : notes.offerAgain(thing))

/** A thing out of an earlier author's store, beside what the present one holds of it; null leaves that as it is. */
export function inherited(own, earlier) {
  if (!own) return earlier
  if (isTally(earlier)) return joinTallies(own, earlier)
  if (notes.isUnsent(own)) return null
  return own.server ? notes.receive(earlier, own.server) : earlier
}

/**
 * Take pushed rows into a transaction.
 * @param {import('./store.js').Transaction} tx
 * @param {{notes?: object[], tallies?: import('./counting.js').TallyRow[]}} rows
 */
export async function takeInto(tx, { notes: rows = [], tallies = [] }) {
  const fresh = [
    ...rows.map((row) => [row.id, row, () => notes.blank(row.id, row.written_at ?? '')]),
    ...tallies.map((row) => [tallyId(row.session, row.initiative), row, () => emptyTally(row.session, row.initiative, '')]),
  ]
  for (const [id, row, blank] of fresh) {
    const thing = (await tx.get(id)) ?? blank()
    const next = receive(thing, row)
    if (next !== thing) tx.put(next)
  }
}
