import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  confirmNotes, fingerprint, freezeConfirmation, isUnsentConfirmation, newestOf, offerConfirmation, worthOf,
} from '../../static/js/notepad/confirming.js'
import { copyOf } from '../../static/js/notepad/copy.js'
import { Unreachable } from '../../static/js/shared/http.js'
import { blank, change, dot, receive, setDeleted, shown } from '../../static/js/notepad/outbox.js'
import { createSync } from '../../static/js/notepad/sync.js'
import { doubt, inherited, isUnsent, takeAck, takeInto } from '../../static/js/notepad/things.js'
import { answer, counter, memoryStore, row } from './desk.mjs'

const BORN = '2026-04-11T11:12:00Z'
const written = (id, text = id) => change(blank(id, `2026-04-11T10:00:0${id.length}Z`), { session: 's1', kind: 'habit', text })
const known = (id, fields = {}) => receive(blank(id, BORN), row(id, { text: id, words_revision: 1, ...fields }))
const mapOf = (...notes) => new Map(notes.map((note) => [note.id, note]))
const pressed = (...notes) => confirmNotes({ op: 'c1', session: 's1', notes: notes.map((note) => shown(note)), people: 5, at: BORN })
const confirmationRow = (op, notes, fields = {}) =>
  ({ id: op, session: 's1', seq: 9, by: 'Youssef', at: BORN, people: null, notes, ...fields })

/** The worth of a confirmation as plain lists. */
function worth(thing, ...notes) {
  const { count, changed, added } = worthOf(thing, mapOf(...notes))
  return [count, [...changed], [...added]]
}

test('a fingerprint is the published one, and the server’s', () => {
  assert.deepEqual(
    [['habit', 'Bread at seven'], ['quote', '“Così facciamo già” 🚲'], ['idea', '']].map(([kind, text]) => fingerprint(kind, text)),
    ['120f1c7698a4d263', '9f42a5661f1d97cf', '687b933b254e88f0'], // as in tests/feedback/test_confirmations.py
  )
})

test('what was read is fixed when it is pressed, whatever the server knows by then', () => {
  const thing = pressed(written('a', 'Bread'), known('b'))
  const { op } = freezeConfirmation(thing, () => true)
  assert.deepEqual(op, {
    op: 'c1', do: 'confirm', session: 's1', people: 5, written_at: BORN,
    notes: { a: fingerprint('habit', 'Bread'), b: fingerprint('habit', 'b') },
  })
  assert.equal(isUnsentConfirmation(thing), true)
})

test('words changed, deleted or added since make it partial, before the server knows of it and after', () => {
  const [a, b] = [known('a'), known('b')]
  const here = pressed(a, b)
  const stored = takeAck(here, { op: 'c1', status: 'stored', confirmation: confirmationRow('c1', { a: 1, b: 1 }) })
  for (const thing of [here, stored]) {
    assert.deepEqual(worth(thing, a, b), [2, [], []])
    assert.deepEqual(worth(thing, change(a, { text: 'other' }), setDeleted(b, true), known('c')), [2, ['a', 'b'], ['c']])
    assert.deepEqual(worth(thing, change(a, { kind: 'idea' }), b), [2, ['a'], []])
    assert.deepEqual(worth(thing, dot(a, 1), change(b, { theme: 't1' })), [2, [], []])
  }
})

test('the server’s word counts: words touched since, words it did not have, a note it does not know', () => {
  const told = (notes) => takeAck(pressed(known('a')), { op: 'c1', status: 'stored', confirmation: confirmationRow('c1', notes) })
  assert.deepEqual(worth(told({ a: 3 }), known('a', { revision: 7, words_revision: 3 })), [1, [], []])
  assert.deepEqual(worth(told({ a: 3 }), known('a', { revision: 7, words_revision: 4 })), [1, ['a'], []])
  assert.deepEqual(worth(told({ a: 0 }), known('a')), [1, ['a'], []])
  assert.deepEqual(worth(told({ a: 3, x: 1 }), known('a')), [2, ['x'], []])
  const old = receive(blank('a', BORN), row('a', { text: 'a' })) // kept by a release that knew no confirmations
  assert.deepEqual(worth(told({ a: 3 }), old), [1, [], []])
})

test('the newest confirmation counts; one the server refused does not', () => {
  const at = (op, fields) => ({ ...confirmNotes({ op, session: 's1', notes: [], people: null, at: BORN }), ...fields })
  const first = at('c1', { server: confirmationRow('c1', {}, { seq: 4 }) })
  const second = at('c2', { server: confirmationRow('c2', {}, { seq: 9 }) })
  const here = at('c3', {})
  const refused = at('c4', { refused: [{ op: {}, code: 'nothing_read', sentence: '' }] })
  assert.deepEqual([[first, second], [second, here, first, refused], []].map((all) => newestOf(all, 's1')?.op), ['c2', 'c3', undefined])
  assert.equal(newestOf([first], 's2'), null)
})

/** A pad at a desk; `push(ops)` is the server. */
function pad({ things, push, changes = () => answer({ epoch: 'e1', seq: 0, notes: [], more: false }), cursor }) {
  const store = memoryStore(things, cursor)
  const batches = []
  const waits = []
  const sync = createSync({
    store, newId: counter(), clock: () => BORN, lock: (work) => work(), later: (work) => waits.push(work),
    net: {
      async push(ops) {
        batches.push(ops)
        return push(ops)
      },
      changes: async (since) => changes(since),
    },
  })
  return { store, sync, batches, sent: () => batches.map((ops) => ops.map((op) => `${op.do} ${op.note ?? op.op}`)) }
}

/** A server that keeps what it is sent. */
function server() {
  const notes = {}
  let seq = 0
  const ack = (op) => {
    seq += 1
    if (op.do === 'confirm') {
      const heard = Object.fromEntries(Object.keys(op.notes).map((id) => [id, notes[id] ? notes[id].revision : 0]))
      return { op: op.op, status: 'stored', note: null, confirmation: confirmationRow(op.op, heard, { seq, people: op.people ?? null }) }
    }
    const before = notes[op.note] ?? row(op.note, { revision: 0 })
    const set = Object.fromEntries(Object.entries(op.set ?? {}).map(([field, { to }]) => [field, to]))
    notes[op.note] = { ...before, ...set, dots: before.dots + (op.add ?? 0), seq, revision: before.revision + 1, words_revision: before.revision + 1 }
    return { op: op.op, status: 'stored', note: notes[op.note] }
  }
  return (ops) => answer({ epoch: 'e1', seq, acks: ops.map(ack) })
}

test('it waits until each note it covers is on the server, and goes out then', async () => {
  const [a, b] = [written('a'), written('b')]
  const desk = pad({ things: [pressed(a, b), a, b], push: server() })
  await desk.sync.send()
  assert.deepEqual(desk.sent(), [['set a', 'set b'], ['confirm c1']])
  assert.deepEqual(desk.store.note('confirm:c1').server.notes, { a: 1, b: 1 })
  assert.deepEqual(desk.store.notes().filter(isUnsent), [])
})

test('a note that waits for a person does not keep it', async () => {
  const [a, b] = [written('a'), written('b')]
  const serve = server()
  const push = (ops) => {
    const body = JSON.parse(serve(ops).text)
    const acks = body.acks.map((ack) => (ack.note?.id === 'a' ? { op: ack.op, status: 'refused', code: 'no', sentence: 'No.', note: null } : ack))
    return answer({ ...body, acks })
  }
  const desk = pad({ things: [pressed(a, b), a, b], push })
  await desk.sync.send()
  assert.deepEqual(desk.sent(), [['set a', 'set b'], ['confirm c1']])
})

test('without an answer it stays on the tablet and is sent again, the same op', async () => {
  const a = known('a')
  let isDown = true
  const serve = server()
  const desk = pad({ things: [pressed(a), a], push: (ops) => { if (isDown) throw new Unreachable('ops'); return serve(ops) } })
  await desk.sync.send()
  isDown = false
  await desk.sync.send()
  assert.deepEqual(desk.batches[0], desk.batches[1])
  assert.deepEqual(desk.store.note('confirm:c1').sent, null)
})

for (const [name, confirmation] of [
  ['no confirmation', undefined],
  ['the confirmation of another op', confirmationRow('c9', {})],
  ['a confirmation without a place', { ...confirmationRow('c1', {}), seq: undefined }],
]) {
  test(`an ack that shows ${name} ends nothing`, async () => {
    const a = known('a')
    const desk = pad({ things: [pressed(a), a], push: (ops) => answer({ epoch: 'e1', seq: 1, acks: ops.map(({ op }) => ({ op, status: 'stored', note: null, confirmation })) }) })
    await desk.sync.send()
    assert.deepEqual([desk.store.note('confirm:c1').server, isUnsent(desk.store.note('confirm:c1'))], [null, true])
  })
}

test('a held one is with the organiser, is asked about, and ends as they decide', async () => {
  const a = known('a')
  const verdicts = [
    { status: 'held', code: 'session_closed', sentence: 'Later.', note: null },
    { status: 'held', code: 'session_closed', sentence: 'Later.', note: null },
    { status: 'stored', note: null, confirmation: confirmationRow('c1', { a: 1 }) },
  ]
  const desk = pad({ things: [pressed(a), a], push: (ops) => answer({ epoch: 'e1', seq: 1, acks: ops.map(({ op }) => ({ op, ...verdicts.shift() })) }) })
  await desk.sync.send()
  assert.deepEqual([isUnsent(desk.store.note('confirm:c1')), desk.store.note('confirm:c1').held.length], [false, 1])
  await desk.sync.askHeld()
  await desk.sync.askHeld()
  assert.deepEqual(desk.batches[0], desk.batches[2])
  assert.deepEqual([desk.store.note('confirm:c1').held, desk.store.note('confirm:c1').server.notes], [[], { a: 1 }])
})

test('one that is refused needs a person and is not sent again by itself', async () => {
  const a = known('a')
  const desk = pad({ things: [pressed(a), a], push: (ops) => answer({ epoch: 'e1', seq: 1, acks: ops.map(({ op }) => ({ op, status: 'refused', code: 'nothing_read', sentence: 'No.', note: null })) }) })
  await desk.sync.send()
  await desk.sync.send()
  assert.deepEqual([desk.batches.length, desk.store.note('confirm:c1').refused[0].sentence, isUnsent(desk.store.note('confirm:c1'))], [1, 'No.', true])
})

test('a restored server hears it again from the tablet that made it, after the notes; others forget it', async () => {
  const a = known('a', { session: 's1' })
  const mine = takeAck(pressed(a), { op: 'c1', status: 'stored', confirmation: confirmationRow('c1', { a: 1 }) })
  const serve = server()
  const desk = pad({
    things: [a, mine], push: serve, cursor: { epoch: 'e0', seq: 9 },
    changes: () => answer({ epoch: 'e1', seq: 0, notes: [], tallies: [], confirmations: [], more: false }),
  })
  await desk.store.transact((tx) => takeInto(tx, { confirmations: [confirmationRow('c7', { a: 1 })] }))
  await desk.sync.pull()
  assert.equal(desk.store.note('confirm:c7'), undefined)
  await desk.sync.send()
  assert.deepEqual(desk.sent(), [['set a'], ['confirm c1']])
  assert.deepEqual(desk.store.note('confirm:c1').server.notes, { a: 1 })
  assert.deepEqual(offerConfirmation(doubt(mine, 'e2')).server, null)
})

test('a saved copy holds it behind the notes, under the id it is sent with', () => {
  const a = written('a')
  const kit = { workshop: { id: 'w', title: '' }, group: { id: 'g', name: 'Olmo' }, me: { name: 'Ilaria' } }
  const { ops } = copyOf({ kit, notes: [a], confirmations: [pressed(a)], draft: null, at: BORN, newId: counter() })
  assert.deepEqual(ops.map((op) => [op.do, op.op]), [['set', 'op-1'], ['confirm', 'c1']])
})

test('the next moderator takes an earlier one’s confirmation over, unless the server has it', () => {
  const thing = pressed(known('a'))
  const stored = takeAck(thing, { op: 'c1', status: 'stored', confirmation: confirmationRow('c1', { a: 1 }) })
  assert.deepEqual([inherited(undefined, thing), inherited(stored, thing)], [thing, null])
})
