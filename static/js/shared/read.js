// What an answer of the server means. Pure. Nothing but an ack with the op's own id, in a JSON answer with status 200,
// ends an op: a login page, a venue's captive portal or an empty body must never look like success.

/** @typedef {{status: number, type: string, text: string, retryAfter: number|null}} Answer  `retryAfter` in seconds */

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

/** What a status other than 200 means. */
export function readRefusal(answer) {
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
 * The acks of an answer with status 200. `isAckOf(ack, op)` says whether one has all that its op needs.
 * @param {any[]} ops  the ops that were sent
 */
function readAcks(body, ops, isAckOf) {
  if (typeof body?.epoch !== 'string' || !Array.isArray(body.acks)) return { kind: 'unreadable' }
  const asked = new Map(ops.map((op) => [op.op, op]))
  const acks = body.acks.filter((ack) => asked.has(ack?.op) && isAckOf(ack, asked.get(ack.op)))
  return acks.length ? { kind: 'acks', epoch: body.epoch, acks } : { kind: 'unreadable' }
}

/**
 * @param {Answer} answer
 * @param {{op: string}[]} ops  the ops that were sent
 * @param {(ack: any, op: any) => boolean} isAckOf
 * @returns {{kind: 'acks', epoch: string, acks: any[]}|{kind: 'later', wait: number|null}
 *   |{kind: 'bad'|'smaller', sentence: string}|{kind: 'signin'|'gone'|'other'|'broken'|'unreadable'}}
 */
export function readPush(answer, ops, isAckOf) {
  return answer.status === 200 ? readAcks(readObject(answer), ops, isAckOf) : readRefusal(answer)
}

/** Whether the server took a request without ops: then it is well, and what it does not take is at fault itself. */
export function readWellness(answer) {
  const body = answer.status === 200 ? readObject(answer) : null
  return typeof body?.epoch === 'string' && Array.isArray(body.acks) && body.acks.length === 0
}
