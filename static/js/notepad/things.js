// What the store holds and the outbox sends: notes, tallies of the rating round, and confirmations. Each kind has a model
// of its own; here they meet under the same names.
import {
  confirmationId, emptyConfirmation, freezeConfirmation, isConfirmation, isUnsentConfirmation, offerConfirmation,
  receiveConfirmation, takeConfirmationAck,
} from './confirming.js'
import { emptyTally, freezeTally, freezeWhole, isTally, joinTallies, receiveTally, recount, takeTallyAck, tallyId } from './counting.js'
import * as notes from './outbox.js'

const inDoubt = (thing) => (thing.server ? { ...thing, doubted: true } : thing)

const NOTE = {
  freeze: notes.freeze,
  isInFlight: (note) => note.sent !== null,
  isOnItsWay: notes.isOnItsWay,
  takeAck: notes.takeAck,
  receive: notes.receive,
  isUnsent: notes.isUnsent,
  doubt: notes.doubt,
  offerAgain: notes.offerAgain,
  join(own, earlier) {
    if (notes.isUnsent(own)) return null
    return own.server ? notes.receive(earlier, own.server) : earlier
  },
}

const TALLY = {
  freeze: freezeTally,
  isInFlight: (tally) => Boolean(tally.queue[0]?.isSent),
  isOnItsWay: () => false,
  takeAck: takeTallyAck,
  receive: receiveTally,
  isUnsent: (tally) => tally.queue.length > 0,
  doubt: inDoubt,
  offerAgain: recount,
  join: joinTallies,
}

const CONFIRMATION = {
  freeze: (thing, newId, { isSettled = () => true } = {}) => freezeConfirmation(thing, isSettled),
  isInFlight: (thing) => thing.sent !== null,
  isOnItsWay: () => false,
  takeAck: takeConfirmationAck,
  receive: receiveConfirmation,
  isUnsent: isUnsentConfirmation,
  doubt: inDoubt,
  offerAgain: offerConfirmation,
  join: (own, earlier) => (own.server ? null : earlier),
}

const modelOf = (thing) => (isTally(thing) ? TALLY : isConfirmation(thing) ? CONFIRMATION : NOTE)

/** The id of the thing an op changes. */
export function thingOf(op) {
  if (op.do === 'tally') return tallyId(op.session, op.initiative)
  return op.do === 'confirm' ? confirmationId(op.op) : op.note
}

export const isNote = (thing) => modelOf(thing) === NOTE

export const freeze = (thing, newId, context) => modelOf(thing).freeze(thing, newId, context)

/** The ops of all answers that wait, however many each initiative has. @param {import('../shared/database.js').Transaction} tx */
export async function freezeTallies(tx) {
  const frozen = (await tx.all()).filter((thing) => isTally(thing) && thing.queue.length).map(freezeWhole)
  for (const { note } of frozen) tx.put(note)
  return frozen.flatMap(({ ops }) => ops)
}

export const isInFlight = (thing) => modelOf(thing).isInFlight(thing)

/** Whether the server will hear more of a note soon: a confirmation of it waits for that. */
export const isOnItsWay = (thing) => modelOf(thing).isOnItsWay(thing)

export const takeAck = (thing, ack) => modelOf(thing).takeAck(thing, ack)

export const receive = (thing, row) => modelOf(thing).receive(thing, row)

export const isUnsent = (thing) => modelOf(thing).isUnsent(thing)

export const doubt = (thing, epoch, isMarked) => modelOf(thing).doubt(thing, epoch, isMarked)

export const offerAgain = (thing) => modelOf(thing).offerAgain(thing)

/** A thing out of an earlier author's store, beside what the present one holds of it; null leaves that as it is. */
export const inherited = (own, earlier) => (own ? modelOf(earlier).join(own, earlier) : earlier)

/**
 * Take pushed rows into a transaction.
 * @param {import('../shared/database.js').Transaction} tx
 * @param {{notes?: object[], tallies?: import('./counting.js').TallyRow[],
 *   confirmations?: import('./confirming.js').ConfirmationRow[]}} rows
 */
export async function takeInto(tx, { notes: rows = [], tallies = [], confirmations = [] }) {
  const fresh = [
    ...rows.map((row) => [row.id, row, () => notes.blank(row.id, row.written_at ?? '')]),
    ...tallies.map((row) => [tallyId(row.session, row.initiative), row, () => emptyTally(row.session, row.initiative, '')]),
    ...confirmations.map((row) => [confirmationId(row.id), row, () => emptyConfirmation(row.id, row.session, row.at)]),
  ]
  for (const [id, row, blank] of fresh) {
    const thing = (await tx.get(id)) ?? blank()
    const next = receive(thing, row)
    if (next !== thing) tx.put(next)
  }
}
