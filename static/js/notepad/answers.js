// What an answer of the server means for the outbox. Pure. Nothing but an ack with the op's own id, in a JSON answer
// with status 200, ends an op: a login page, a venue's captive portal or an empty body must never look like success.

/** @typedef {{status: number, type: string, text: string, retryAfter: number|null}} Answer  `retryAfter` in seconds */

const STATUSES = new Set(['stored', 'refused', 'held'])

/** The JSON object of an answer, or null when it is anything else. */
export function readObject({ type, text }) {
  if (!/^application\/json\b/i.test(type)) return null
  try {
    const value = JSON.parse(text)
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : null
  } catch {
    return null
  }
}

function isAckOf(ack, op) {
  if (!ack || !STATUSES.has(ack.status)) return false
  if (ack.status !== 'stored') return true
  const row = op.do === 'tally' ? ack.tally : ack.note
  const isOfOp = op.do === 'tally' ? row?.initiative === op.initiative && Array.isArray(row.counts) : row?.id === op.note
  return isOfOp && Number.isInteger(row.seq)
}

function readAcks(body, ops) {
  if (typeof body?.epoch !== 'string' || !Array.isArray(body.acks)) return { kind: 'unreadable' }
  const asked = new Map(ops.map((op) => [op.op, op]))
  const acks = body.acks.filter((ack) => asked.has(ack?.op) && isAckOf(ack, asked.get(ack.op)))
  return acks.length ? { kind: 'acks', epoch: body.epoch, acks } : { kind: 'unreadable' }
}

function readRefusal(answer) {
  const { status } = answer
  if (status === 401 || status === 403) return { kind: 'signin' }
  if (status === 404) return { kind: 'gone' }
  if (status === 409) return { kind: 'other' }
  if (status === 413) return { kind: 'smaller', sentence: String(readObject(answer)?.sentence ?? '') }
  if (status === 429 || status === 503) return { kind: 'later', wait: answer.retryAfter }
  const body = readObject(answer)
  if (status === 400 && body) return { kind: 'bad', sentence: String(body.sentence ?? '') }
  return { kind: status === 500 ? 'broken' : 'unreadable' }
}

/**
 * @param {Answer} answer
 * @param {import('./outbox.js').Op[]} ops  the ops that were sent
 * @returns {{kind: 'acks', epoch: string, acks: import('./outbox.js').Ack[]}|{kind: 'later', wait: number|null}
 *   |{kind: 'bad'|'smaller', sentence: string}|{kind: 'signin'|'gone'|'other'|'broken'|'unreadable'}}
 */
export function readPushAnswer(answer, ops) {
  return answer.status === 200 ? readAcks(readObject(answer), ops) : readRefusal(answer)
}

/** Whether the server took a request without ops: then it is well, and what it does not take is at fault itself. */
export function readWellness(answer) {
  const body = answer.status === 200 ? readObject(answer) : null
  return typeof body?.epoch === 'string' && Array.isArray(body.acks) && body.acks.length === 0
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
