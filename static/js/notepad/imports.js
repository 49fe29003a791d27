// Opening a saved copy on this tablet. Its ops wait in a list of their own, with the ids they came with, until the server
// has answered each one; so a copy that is opened twice, or whose tablet sends after all, adds nothing twice.
import { readPushAnswer } from './answers.js'
import { confirmationOf } from './confirming.js'
import { blank } from './outbox.js'
import { thingOf } from './things.js'
import { fit } from '../shared/courier.js'

const BATCH = 50
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** What a chosen file holds: its ops and draft, or the name of the sentence that says why not. */
export function readCopy(text, group) {
  let copy
  try {
    copy = JSON.parse(text)
  } catch { /* said below */ }
  if (copy?.format !== 'tavolo-notes' || !Array.isArray(copy.ops)) return { problem: 'copy_unreadable' }
  if (copy.version !== 1) return { problem: 'copy_newer' }
  if (copy.group?.id !== group) return { problem: 'copy_elsewhere' }
  if (!copy.ops.every((op) => ID.test(op?.op) && (['tally', 'confirm'].includes(op.do) || ID.test(op.note)))) return { problem: 'copy_unreadable' }
  return { ops: copy.ops, draft: typeof copy.draft?.text === 'string' ? copy.draft.text : '' }
}

/** A refused op stays visible as a note, or a confirmation, that needs somebody. */
async function showRefused(tx, ack, op) {
  if (op.do === 'tally') return
  const fresh = () => (op.do === 'confirm' ? confirmationOf(op) : blank(op.note, op.written_at ?? ''))
  const note = (await tx.get(thingOf(op))) ?? fresh()
  tx.put({ ...note, refused: [...note.refused, { op, code: ack.code, sentence: ack.sentence }] })
}

/**
 * @param {{store: object, push: (ops: object[]) => Promise<any>, maySend: () => boolean, report: (news: object) => void}} parts
 */
export function createImports({ store, push, maySend, report }) {
  let waiting = []
  let running = null

  async function sendAll() {
    while (waiting.length && maySend()) {
      const ops = fit(waiting, BATCH)
      const verdict = readPushAnswer(await push(ops), ops)
      if (verdict.kind !== 'acks') return
      const answered = new Map(verdict.acks.map((ack) => [ack.op, ack]))
      const left = waiting.filter(({ op }) => !answered.has(op))
      await store.transact(async (tx) => {
        for (const op of ops) if (answered.get(op.op)?.status === 'refused') await showRefused(tx, answered.get(op.op), op)
        tx.keep('imported', left)
      })
      waiting = left
      report(verdict.acks)
    }
  }

  return {
    count: () => waiting.length,
    async open() { waiting = (await store.recall('imported')) ?? [] },
    /** Keep the ops on this tablet; resolves after the commit. */
    async take(ops) {
      const known = new Set(waiting.map(({ op }) => op))
      const next = [...waiting, ...ops.filter(({ op }) => !known.has(op))]
      await store.transact(async (tx) => tx.keep('imported', next))
      waiting = next
    },
    send() {
      running ??= sendAll().catch(() => {}).finally(() => { running = null }) // they wait; the outbox's timer tries again
      return running
    },
  }
}
