// What the server's answers mean for the desk; see shared/read.js for what is common to all answers. Pure.
import { readObject, readPush, readRefusal } from '../shared/read.js'

const STATUSES = new Set(['stored', 'refused', 'choice', 'held'])

const isPerson = (person) => typeof person?.id === 'string' && typeof person.name === 'string'

/** An ack that says "stored" shows the person as the server has them, or null when they were erased meanwhile. */
function isAckOf(ack) {
  if (!STATUSES.has(ack?.status)) return false
  return ack.person === null || isPerson(ack.person)
}

/**
 * @param {import('../shared/read.js').Answer} answer
 * @param {{op: string}[]} ops  the ops that were sent
 */
export const readSent = (answer, ops) => readPush(answer, ops, isAckOf)

function isWhole(body) {
  const names = [body?.epoch, body?.version, body?.me?.key, body?.workshop?.id, body?.workshop?.ends_at]
  if (!names.every((name) => typeof name === 'string')) return false
  if (body.people === undefined) return true
  return [body.people, body.tables, body.elsewhere].every(Array.isArray) && body.people.every(isPerson)
}

/** The list of who is expected: `{kind: 'list', list}`, else why there is none. Without `people` it is as it was. */
export function readList(answer) {
  if (answer.status !== 200) return readRefusal(answer)
  const body = readObject(answer)
  return isWhole(body) ? { kind: 'list', list: body } : { kind: 'unreadable' }
}
