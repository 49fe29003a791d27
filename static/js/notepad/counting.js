// One tally of the rating round as this tablet holds it: how the people of the table answered about one initiative.
// Pure, like outbox.js. Answers are counted in order: taking one back makes room for another.

/**
 * @typedef {{op: string, answer: number, add: 1|-1, written_at: string, isSent?: boolean}} Step
 * @typedef {{session: string, initiative: string, seq: number, counts: number[]}} TallyRow
 *
 * @typedef {object} Tally
 * @property {string} id       "tally:<session>:<initiative>"
 * @property {string} session
 * @property {string} initiative
 * @property {string} born     when it was first counted here (ISO time)
 * @property {TallyRow|null} server  the last row from the server
 * @property {Step[]} queue    answers not yet acknowledged, each with the id it is sent with; only the first is in flight
 * @property {TallyRow|null} later   the newest row that came while one was in flight
 * @property {string|null} refused   why the server did not count an answer; it has left the count
 * @property {boolean} doubted the server was restored and has not shown this tally again
 */

export const ANSWERS = [1, 2, 3, 4, 5]

export const tallyId = (session, initiative) => `tally:${session}:${initiative}`

/** Whether a thing of the store is a tally; the others are notes. */
export const isTally = (thing) => 'queue' in thing

/** @returns {Tally} */
export function emptyTally(session, initiative, born) {
  return { id: tallyId(session, initiative), session, initiative, born, server: null, queue: [], later: null, refused: null, doubted: false }
}

/** The five counts as a person should see them, from never to every week. */
export function countsOf(tally) {
  const counts = [...(tally?.server?.counts ?? [0, 0, 0, 0, 0])]
  for (const { answer, add } of tally?.queue ?? []) counts[answer - 1] = Math.max(0, counts[answer - 1] + add)
  return counts
}

export const answered = (tally) => countsOf(tally).reduce((sum, count) => sum + count, 0)

/**
 * One answer more or fewer. What undoes the last one, if that has not left yet, takes it away.
 * @param {Tally} tally
 * @param {{answer: number, add: 1|-1, op: string, at: string}} step
 * @returns {Tally}
 */
export function countAnswer(tally, { answer, add, op, at }) {
  if (add < 0 && countsOf(tally)[answer - 1] === 0) return tally
  const last = tally.queue.at(-1)
  const undoes = last && !last.isSent && last.answer === answer && last.add === -add
  const queue = undoes ? tally.queue.slice(0, -1) : [...tally.queue, { op, answer, add, written_at: at }]
  return { ...tally, queue, refused: null }
}

/** The next op to send; the one in flight is sent again unchanged. @returns {{note: Tally, op: object}|null} */
export function freezeTally(tally) {
  if (!tally.queue.length) return null
  const [first, ...rest] = tally.queue
  return { note: { ...tally, queue: [{ ...first, isSent: true }, ...rest] }, op: opOf(tally, first) }
}

const opOf = ({ session, initiative }, { isSent, ...step }) => ({ do: 'tally', session, initiative, ...step })

/** All that waits, for a file: it may be taken in there, so nothing of it can be undone here without an op any more. */
export const freezeWhole = (tally) => ({
  note: { ...tally, queue: tally.queue.map((step) => ({ ...step, isSent: true })) },
  ops: tally.queue.map((step) => opOf(tally, step)),
})

/** Take a row the server pushed; while an answer is in flight rows wait for its ack. @returns {Tally} */
export function receiveTally(tally, row) {
  if (tally.queue[0]?.isSent) return row.seq > (tally.later?.seq ?? -1) ? { ...tally, later: row } : tally
  if (tally.server && !tally.doubted && row.seq <= tally.server.seq) return tally
  return { ...tally, server: row, doubted: false }
}

/** Take the server's word on an answer: a refused one leaves the count, and the reason stays to be read. @returns {Tally} */
export function takeTallyAck(tally, ack) {
  const queue = tally.queue.filter(({ op }) => op !== ack.op)
  if (queue.length === tally.queue.length) return ack.tally ? receiveTally(tally, ack.tally) : tally
  const isOld = tally.doubted && Boolean(ack.tally)
  const rows = [isOld ? null : tally.server, ack.tally, tally.later].filter(Boolean).sort((a, b) => b.seq - a.seq)
  const refused = ack.status === 'refused' ? ack.sentence : tally.refused
  return { ...tally, queue, server: rows[0] ?? null, later: null, refused, doubted: tally.doubted && !isOld }
}

/** The reason has been read. @returns {Tally} */
export const readRefusal = (tally) => ({ ...tally, refused: null })

/** The answers of an earlier author of this tablet, before ours; ids keep any from counting twice. @returns {Tally} */
export function joinTallies(own, earlier) {
  const known = new Set(earlier.queue.map(({ op }) => op))
  const isNewer = (own.server?.seq ?? -1) >= (earlier.server?.seq ?? -1)
  return { ...own, server: isNewer ? own.server : earlier.server, queue: [...earlier.queue, ...own.queue.filter(({ op }) => !known.has(op))] }
}

/** A restored server has shown all it knows, and not this tally: it starts again from what waits here. @returns {Tally} */
export const recount = (tally) => (tally.doubted ? { ...tally, server: tally.later, doubted: false } : tally)
