// What the server's answers mean for the notes; see shared/read.js for what is common to all answers. Pure.
import { readObject, readPush, readRefusal } from '../shared/read.js'

const STATUSES = new Set(['stored', 'refused', 'held'])

/** What an ack shows of the thing its op changed, and whether it is of that thing. */
function rowOf({ note, tally, confirmation }, op) {
  if (op.do === 'tally') return [tally, tally?.initiative === op.initiative && Array.isArray(tally.counts)]
  if (op.do === 'confirm') return [confirmation, confirmation?.id === op.op && typeof confirmation.notes === 'object']
  return [note, note?.id === op.note]
}

function isAckOf(ack, op) {
  if (!ack || !STATUSES.has(ack.status)) return false
  if (ack.status !== 'stored') return true
  const [row, isOfOp] = rowOf(ack, op)
  return isOfOp && Number.isInteger(row.seq)
}

/**
 * @param {import('../shared/read.js').Answer} answer
 * @param {import('./outbox.js').Op[]} ops  the ops that were sent
 * @returns {ReturnType<typeof readPush>}
 */
export function readPushAnswer(answer, ops) {
  return readPush(answer, ops, isAckOf)
}

/** Rows of `changes`, in the same manner. */
export function readChanges(answer) {
  if (answer.status !== 200) return readRefusal(answer)
  const body = readObject(answer)
  const isWhole = typeof body?.epoch === 'string' && Number.isInteger(body.seq) && Array.isArray(body.notes)
  return isWhole ? { kind: 'rows', ...body } : { kind: 'unreadable' }
}

/** The kit, in the same manner. */
export function readKit(answer) {
  if (answer.status === 500) return { kind: 'unreadable' }
  if (answer.status !== 200) return readRefusal(answer)
  const body = readObject(answer)
  const isWhole = typeof body?.me?.key === 'string' && Array.isArray(body.sessions) && body.group?.id
  return isWhole ? { kind: 'kit', kit: body } : { kind: 'unreadable' }
}
