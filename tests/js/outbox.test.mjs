import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  blank, change, discardRefused, dot, doubt, freeze, isHeld, isUnsent, needsPerson, offerAgain, receive, secondOf, setDeleted, settle, shown, takeAck,
} from '../../static/js/notepad/outbox.js'
import { counter, row } from './desk.mjs'

const BORN = '2026-04-11T10:00:00Z'
const fresh = (text = 'I park on Sunday.') => change(blank('n1', BORN), { session: 's1', kind: 'habit', text })
const known = (fields = {}) => receive(blank('n1', BORN), row('n1', { text: 'old', ...fields }))
const sendable = (note, newId = counter()) => freeze(note, newId)?.op ?? null

test('a new note travels whole and without from', () => {
  assert.deepEqual(sendable(fresh()), {
    op: 'op-1', note: 'n1', do: 'set', written_at: BORN,
    set: { session: { to: 's1' }, kind: { to: 'habit' }, text: { to: 'I park on Sunday.' } },
  })
})

test('an op in flight is sent again unchanged, whatever is typed meanwhile', () => {
  const newId = counter()
  const first = freeze(fresh(), newId)
  const typed = change(first.note, { text: 'I park on Monday.' })
  const second = freeze(typed, newId)
  assert.deepEqual(second.op, first.op)
  assert.deepEqual(typed.local, { text: { from: 'I park on Sunday.', to: 'I park on Monday.' } })
})

test('the text typed while an op was in flight goes next, from what that op wrote', () => {
  const { note, op } = freeze(fresh('one'), counter())
  const typed = change(note, { text: 'one two' })
  const acked = takeAck(typed, { op: op.op, status: 'stored', note: row('n1', { text: 'one' }) })
  assert.deepEqual(sendable(acked, counter('next')).set, { text: { from: 'one', to: 'one two' } })
})

test('what another tablet wrote under the cursor is not overwritten: from is what the editor showed', () => {
  const remote = receive(known(), row('n1', { seq: 2, text: 'remote' }))
  const typed = change(remote, { text: 'old and mine' }, { text: 'old' })
  assert.deepEqual(typed.local, { text: { from: 'old', to: 'old and mine' } })
})

test('a row that comes under an unsent text leaves its from, and moves the from of other fields', () => {
  const mine = change(known(), { text: 'mine', kind: 'idea' })
  const after = receive(mine, row('n1', { seq: 2, text: 'remote', kind: 'concern' }))
  assert.deepEqual(after.local, { text: { from: 'old', to: 'mine' }, kind: { from: 'concern', to: 'idea' } })
})

test('a change that the server has already is not sent', () => {
  const after = receive(change(known(), { text: 'same' }), row('n1', { seq: 2, text: 'same' }))
  assert.deepEqual([after.local, isUnsent(after)], [{}, false])
})

test('typing a text back to what it was leaves nothing to send', () => {
  const note = change(change(known(), { text: 'other' }), { text: 'old' })
  assert.deepEqual([note.local, isUnsent(note)], [{}, false])
})

test('pushed rows wait while an op is in flight, and a newer one is taken after its ack', () => {
  const { note, op } = freeze(change(known(), { text: 'mine' }), counter())
  const pushed = receive(receive(note, row('n1', { seq: 9, text: 'later' })), row('n1', { seq: 7, text: 'between' }))
  assert.equal(pushed.server.text, 'old')
  const acked = takeAck(pushed, { op: op.op, status: 'stored', note: row('n1', { seq: 5, text: 'mine' }) })
  assert.deepEqual([acked.server.seq, acked.server.text, acked.sent, acked.later], [9, 'later', null, null])
})

test('an ack of another op ends nothing', () => {
  const { note, op } = freeze(fresh(), counter())
  const after = takeAck(note, { op: 'somebody-else', status: 'stored', note: row('n1') })
  assert.deepEqual([after.sent, isUnsent(after)], [op, true])
})

test('an older row never replaces a newer one', () => {
  const note = known({ seq: 5 })
  assert.equal(receive(note, row('n1', { seq: 4, text: 'older' })), note)
})

test('a refused new note keeps its text, says why, and goes whole once it is changed', () => {
  const { note, op } = freeze(fresh('long'), counter())
  const refused = takeAck(note, { op: op.op, status: 'refused', code: 'text_too_long', sentence: 'Too long.', note: null })
  assert.deepEqual([shown(refused).text, needsPerson(refused), isUnsent(refused), sendable(refused)], ['long', true, true, null])
  const shorter = change(refused, { text: 'short' })
  assert.deepEqual(sendable(shorter, counter('next')).set, { session: { to: 's1' }, kind: { to: 'habit' }, text: { to: 'short' } })
  assert.equal(needsPerson(shorter), false)
})

test('a refused text does not hold up the next change of another field', () => {
  const { note, op } = freeze(change(known(), { text: 'refused text' }), counter())
  const refused = takeAck(note, { op: op.op, status: 'refused', code: 'x', sentence: 'No.', note: null })
  const next = change(refused, { kind: 'idea' })
  assert.deepEqual(sendable(next, counter('next')).set, { kind: { from: 'habit', to: 'idea' } })
  assert.equal(shown(next).text, 'refused text')
  assert.equal(discardRefused(next).refused.length, 0)
})

const heldAck = (op) => ({ op: op.op, status: 'held', code: 'session_closed', sentence: 'Closed.', note: null })
const heldNote = (note = fresh('late')) => {
  const { note: sent, op } = freeze(note, counter('held'))
  return { note: takeAck(sent, heldAck(op)), op }
}

test('a held note and a held change stay visible and are sent no more', () => {
  for (const own of [fresh('late'), change(known(), { text: 'late' })]) {
    const { note } = heldNote(own)
    assert.deepEqual([shown(note).text, isHeld(note), isUnsent(note), needsPerson(note), sendable(note)], ['late', true, false, false, null])
  }
})

test('what is typed into a held note goes whole, after the text that is held', () => {
  const typed = change(heldNote().note, { text: 'later' })
  assert.deepEqual(sendable(typed).set, {
    session: { to: 's1' }, kind: { to: 'habit' }, text: { from: 'late', to: 'later' },
  })
})

test('a held note becomes a note when its row comes, and needs a person when it was left out', () => {
  const { note, op } = heldNote()
  const accepted = receive(note, row('n1', { text: 'late' }))
  assert.deepEqual([isHeld(accepted), isUnsent(accepted), shown(accepted).text], [false, false, 'late'])
  const answered = takeAck(note, { op: op.op, status: 'stored', note: row('n1', { text: 'late' }) })
  assert.deepEqual([isHeld(answered), shown(answered).text], [false, 'late'])
  assert.equal(takeAck(note, heldAck(op)), note)
  const refused = takeAck(note, { op: op.op, status: 'refused', code: 'left_out', sentence: 'Left out.', note: null })
  assert.deepEqual([isHeld(refused), needsPerson(refused), shown(refused).text, sendable(refused)], [false, true, 'late', null])
})

test('dots go one by one and never below zero', () => {
  const newId = counter()
  const twice = dot(dot(known({ dots: 1 }), 1), 1)
  const first = freeze(twice, newId)
  assert.deepEqual([first.op.do, first.op.add, shown(first.note).dots], ['dot', 1, 3])
  const acked = takeAck(first.note, { op: first.op.op, status: 'stored', note: row('n1', { seq: 2, dots: 2 }) })
  assert.deepEqual([freeze(acked, newId).op.op, shown(acked).dots], ['op-2', 3])
  assert.equal(dot(known(), -1).dots, 0)
})

test('a note deleted before it was ever sent is never sent; undoing sends it', () => {
  const gone = setDeleted(fresh(), true)
  assert.deepEqual([sendable(gone), isUnsent(gone)], [null, false])
  assert.equal(sendable(setDeleted(gone, false)).do, 'set')
})

test('undoing a delete that is in flight becomes a restore', () => {
  const { note, op } = freeze(setDeleted(known(), true), counter())
  const undone = setDeleted(note, false)
  assert.equal(shown(undone).deleted, false)
  const acked = takeAck(undone, { op: op.op, status: 'stored', note: row('n1', { seq: 2, text: 'old', deleted: true }) })
  assert.equal(sendable(acked, counter('next')).do, 'restore')
})

const VARIANTS = [{ op: 'v1', text: 'theirs', by: 'Youssef', at: BORN }]

test('writing a refused text shorter sends what else its op carried as well', () => {
  const { note, op } = freeze(change(known(), { text: 'too long', kind: 'idea' }), counter())
  const refused = takeAck(note, { op: op.op, status: 'refused', code: 'text_too_long', sentence: 'Too long.', note: null })
  const mended = change(refused, { text: 'short' })
  assert.deepEqual(mended.refused, [])
  assert.deepEqual(sendable(mended, counter('next')).set, { text: { from: 'old', to: 'short' }, kind: { from: 'habit', to: 'idea' } })
})

test('both people who keep both make the same second note', () => {
  const split = known({ variants: VARIANTS, theme: 't1' })
  const [one, other] = [secondOf(split, VARIANTS[0], BORN), secondOf(split, VARIANTS[0], '2026-04-11T10:05:00Z')]
  assert.deepEqual([one.id, other.id, other.local], [VARIANTS[0].op, VARIANTS[0].op, one.local])
  assert.deepEqual([shown(one).text, shown(one).theme], [VARIANTS[0].text, 't1'])
})

test('a text made here under an id that the server knows by now claims to have seen nothing', () => {
  const here = receive(fresh('mine'), row('n1', { text: 'theirs' }))
  assert.deepEqual(sendable(here).set, { text: { to: 'mine' } })
})

test('a note with a variant needs a person until somebody has settled it', () => {
  const split = known({ variants: VARIANTS })
  assert.deepEqual([needsPerson(split), needsPerson(settle(split, ['v1']))], [true, false])
})

test('keeping both waits with the decision until the second note is on the server', () => {
  const decided = settle(known({ variants: VARIANTS }), ['v1'], { after: 'n2' })
  assert.equal(freeze(decided, counter(), { isOnServer: (id) => id !== 'n2' }), null)
  assert.deepEqual(freeze(decided, counter(), { isOnServer: () => true, at: BORN }).op,
    { op: 'op-1', note: 'n1', do: 'settle', variants: ['v1'], written_at: BORN })
})

test('a chosen text travels with its decision, and typing after it follows from it', () => {
  const newId = counter()
  const decided = change(settle(known({ variants: VARIANTS }), ['v1'], { text: 'joined' }), { text: 'joined up' })
  assert.deepEqual(decided.local, { text: { from: 'joined', to: 'joined up' } })
  assert.deepEqual(freeze(decided, newId).op.set, { text: { from: 'old', to: 'joined' } })
})

test('a decision is dropped when another tablet has taken the same one', () => {
  const decided = settle(known({ variants: VARIANTS }), ['v1'])
  assert.equal(isUnsent(receive(decided, row('n1', { seq: 2, text: 'old' }))), false)
})

const forgotten = (note) => offerAgain(doubt(note, 'e2'))
/** Send all that waits to a server that stores it, and list what was sent. */
function sendAll(note, changes = () => ({})) {
  const newId = counter('sent')
  const ops = []
  for (let next = freeze(note, newId); next; next = freeze(note, newId)) {
    ops.push(next.op)
    const known = shown(next.note)
    note = takeAck(next.note, {
      op: next.op.op, status: 'stored',
      note: row('n1', { ...known, dots: (note.server?.dots ?? 0) + (next.op.add ?? 0), seq: 100 + ops.length, ...changes(next.op) }),
    })
  }
  return { note, ops }
}

test('after a restore from backup a note the server forgot is offered whole', () => {
  assert.deepEqual(sendable(forgotten(known({ text: 'kept' }))).set, {
    session: { to: 's1' }, prompt: { to: 'p1' }, kind: { to: 'habit' }, lang: { to: 'en' }, text: { to: 'kept' },
  })
})

test('after a restore from backup the newer text of this tablet is offered over the older row', () => {
  const back = receive(doubt(known({ seq: 50, revision: 4, text: 'newer' }), 'e2'), row('n1', { seq: 3, revision: 2, text: 'older' }))
  assert.deepEqual(back.local, { text: { from: 'older', to: 'newer' } })
})

test('dots and second texts of a forgotten note are offered too, by ids that are the same on every tablet', () => {
  const offered = forgotten(known({ text: 'kept', dots: 3, variants: VARIANTS }))
  const { ops, note } = sendAll(offered)
  assert.deepEqual(ops.map(({ do: doing, set, add }) => [doing, set?.text?.to ?? add]),
    [['set', 'kept'], ['set', 'theirs'], ['dot', 1], ['dot', 1], ['dot', 1]])
  assert.deepEqual([ops[1].op, ops[1].set.text.from, shown(note).dots, isUnsent(note)], ['v1', null, 3, false])
  const ids = ops.slice(2).map(({ op }) => op)
  const elsewhere = sendAll(forgotten(known({ text: 'kept', dots: 3 }))).ops.slice(1).map(({ op }) => op)
  assert.deepEqual([new Set(ids).size, elsewhere], [3, ids])
  for (const id of ids) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/)
  const another = sendAll(offerAgain(doubt(known({ text: 'kept', dots: 3 }), 'e3'))).ops.slice(1).map(({ op }) => op)
  assert.deepEqual(another.filter((id) => ids.includes(id)), [])
})

test('an older row gets only the dots and second texts it lacks, and loses those that were settled since', () => {
  const mine = doubt(known({ seq: 50, revision: 9, text: 'old', dots: 3, variants: VARIANTS }), 'e2')
  const settled = { op: 'v0', text: 'settled', by: 'Youssef', at: BORN }
  const back = receive(mine, row('n1', { seq: 3, revision: 2, text: 'old', dots: 2, variants: [settled] }))
  const { ops } = sendAll(back, () => ({ variants: [] }))
  assert.deepEqual(ops.map(({ do: doing, variants, set, add }) => [doing, variants ?? set?.text.to ?? add]),
    [['settle', ['v0']], ['set', 'theirs'], ['dot', 1]])
})

test('a deletion newer than the backup stays a deletion', () => {
  const gone = doubt(known({ seq: 50, revision: 4, text: 'newer', deleted: true, dots: 2 }), 'e2')
  const back = receive(gone, row('n1', { seq: 3, revision: 2, text: 'older' }))
  assert.deepEqual([shown(back).deleted, back.owed], [true, []])
  const { ops } = sendAll(back, ({ do: doing, set }) => ({ deleted: doing === 'delete', text: set?.text.to ?? 'newer' }))
  assert.deepEqual(ops.map(({ do: doing, set }) => [doing, set?.text.to]), [['set', 'newer'], ['delete', undefined]])
  assert.equal(isUnsent(receive(gone, row('n1', { seq: 3, revision: 3, text: 'newer', deleted: true }))), false)
  assert.equal(forgotten(known({ deleted: true })), null)
})

test('a note brought back after the backup comes back again', () => {
  const back = receive(doubt(known({ revision: 4 }), 'e2'), row('n1', { seq: 3, revision: 3, text: 'old', deleted: true }))
  assert.equal(sendable(back).do, 'restore')
})

const doubted = (extra) => doubt(known({ seq: 50, revision: 4, text: 'newer', ...extra }), 'e2', true)

test('a row written on since the restore keeps its text, and ours goes beside it under an id that is the same on every tablet', () => {
  for (const revision of [3, 4, 9]) {
    const back = receive(doubted(), row('n1', { seq: 3, revision, base: 2, text: 'written since', kind: 'idea' }))
    const elsewhere = receive(doubted({ revision: 6 }), row('n1', { seq: 3, revision, base: 2, text: 'written since' }))
    const { ops } = sendAll(back, ({ set }) => ({ text: 'written since', variants: [{ op: 'x', text: set.text.to }] }))
    assert.deepEqual(ops.map(({ do: doing, set, knew }) => [doing, set, knew]), [['set', { text: { from: null, to: 'newer' } }, undefined]])
    assert.equal(sendAll(elsewhere).ops[0].op, ops[0].op)
    assert.equal(shown(back).kind, 'idea')
  }
})

test('a row that is only older is offered our fields with the revision we knew, unless something new was typed', () => {
  const older = row('n1', { seq: 3, revision: 2, base: 2, text: 'older' })
  const offered = freeze(receive(doubted(), older), counter())
  assert.deepEqual([offered.op.set, offered.op.knew, freeze(receive(doubted({ deleted: true }), older), counter()).op.knew],
    [{ text: { from: 'older', to: 'newer' } }, 4, 4])
  const acked = takeAck(offered.note, { op: offered.op.op, status: 'stored', note: row('n1', { seq: 4, revision: 4, base: 4, text: 'newer' }) })
  assert.equal(sendable(change(acked, { text: 'newest' })).knew, undefined)
  assert.equal(sendable(change(receive(doubted(), older), { text: 'typed' })).knew, undefined)
  assert.equal(sendable(receive(change(doubted(), { kind: 'idea' }), older)).knew, undefined)
  assert.equal(sendable(forgotten(known({ revision: 4, text: 'kept' }))).knew, 4)
})

test('a row that holds what we knew is taken as it is, however far it has come since', () => {
  for (const [revision, base] of [[4, 4], [7, 4], [9, 9]]) {
    const back = receive(doubted(), row('n1', { seq: 40, revision, base, text: 'other' }))
    assert.deepEqual([isUnsent(back), shown(back).text], [false, 'other'])
  }
})

test('whoever wrote on in a note that was deleted elsewhere before the restore keeps it', () => {
  const back = receive(doubted({ deleted: true }), row('n1', { seq: 3, revision: 3, base: 2, text: 'written since' }))
  assert.deepEqual([shown(back).deleted, isUnsent(back)], [false, false])
})

test('a note the restored server shows while an op of it is in flight is not offered whole', () => {
  const inFlight = freeze(change(known({ revision: 4, text: 'newer' }), { kind: 'idea' }), counter())
  const shownAgain = receive(doubt({ ...inFlight.note, later: row('n1', { seq: 60 }) }, 'e2', true), row('n1', { seq: 3, revision: 2, base: 2, text: 'older' }))
  assert.deepEqual(offerAgain(shownAgain), shownAgain)
  const ack = { op: inFlight.op.op, status: 'stored', note: row('n1', { seq: 4, revision: 3, base: 2, text: 'older', kind: 'idea' }) }
  assert.deepEqual(sendAll(takeAck(shownAgain, ack)).ops.map(({ set }) => set), [{ text: { from: null, to: 'newer' } }])
  assert.equal(offerAgain(doubt({ ...inFlight.note, later: row('n1', { seq: 60 }) }, 'e2', true)).server, null)
})

test('a restore that is noticed twice keeps what its rows say of the earlier history', () => {
  const back = receive(doubt(doubted(), 'e2', false), row('n1', { seq: 3, revision: 3, base: 2, text: 'written since' }))
  assert.deepEqual([back.local, back.owed.length], [{}, 1])
})

test('a note brought back while the server was restored keeps the text it had when it was deleted', () => {
  const { note, op } = freeze(setDeleted(known({ revision: 4, text: 'newer', deleted: true }), false), counter())
  const ack = { op: op.op, status: 'stored', note: row('n1', { seq: 3, revision: 3, base: 2, text: 'older' }) }
  const { ops } = sendAll(takeAck(doubt(note, 'e2', true), ack), () => ({ deleted: false }))
  assert.deepEqual(ops.map(({ do: doing, set }) => [doing, set.text]), [['set', { from: null, to: 'newer' }]])
})

test('an op that was in flight at the restore stands for the text it was written over', () => {
  const inFlight = freeze(change(known({ revision: 4, text: 'newer' }), { text: 'typed' }), counter())
  const variant = { op: inFlight.op.op, text: 'typed', by: 'Ilaria', at: BORN }
  const ack = { op: inFlight.op.op, status: 'stored', note: row('n1', { seq: 3, revision: 3, base: 2, text: 'older', variants: [variant] }) }
  assert.equal(isUnsent(takeAck(doubt(inFlight.note, 'e2', true), ack)), false)
})

test('a row that is as new as ours is taken as it is', () => {
  const back = receive(doubt(known({ seq: 50, revision: 4, text: 'old', dots: 3, variants: VARIANTS }), 'e2'),
    row('n1', { seq: 40, revision: 4, text: 'other', dots: 1 }))
  assert.deepEqual([isUnsent(back), shown(back).text, shown(back).dots], [false, 'other', 1])
})

test('an op in flight to a server that forgot its note is taken back, and the note goes whole and soon', () => {
  const inFlight = freeze(change(known({ text: 'old', dots: 1 }), { text: 'typed' }), counter())
  const refused = { op: inFlight.op.op, status: 'refused', code: 'unknown_session', sentence: 'Unknown.', note: null }
  for (const note of [takeAck(inFlight.note, refused), forgotten(inFlight.note)]) {
    const { ops } = sendAll(note)
    assert.deepEqual([ops[0].set.session.to, ops[0].set.text, ops.length, note.refused, needsPerson(note)], ['s1', { to: 'typed' }, 2, [], false])
  }
})

test('a dot in flight when the server was restored keeps its id, a deletion in flight stays one', () => {
  const dotted = freeze(dot(known(), 1), counter())
  const refused = (op) => ({ op: op.op, status: 'refused', code: 'unknown_note', sentence: 'Unknown.', note: null })
  assert.deepEqual(sendAll(takeAck(dotted.note, refused(dotted.op))).ops.map(({ op, do: doing }) => [op, doing]),
    [['sent-1', 'set'], [dotted.op.op, 'dot']])
  const deleted = freeze(setDeleted(known(), true), counter())
  assert.equal(takeAck(deleted.note, refused(deleted.op)), null)
})

test('a decision in flight when the server was restored is kept, and the text it took away is not offered', () => {
  const split = known({ variants: [{ op: 'v1', text: 'theirs', by: 'Youssef', at: BORN }] })
  const { note } = freeze(settle(split, ['v1'], { text: 'joined' }), counter())
  assert.deepEqual(sendAll(forgotten(note)).ops.map(({ set }) => set.text.to), ['joined'])
})

test('a text the server refused stays here after a restore and holds up nothing else', () => {
  const { note, op } = freeze(change(known({ dots: 1 }), { text: 'refused' }), counter())
  const refused = takeAck(note, { op: op.op, status: 'refused', code: 'text_too_long', sentence: 'No.', note: null })
  const { ops, note: after } = sendAll(forgotten(refused), ({ set }) => (set?.text ? { text: set.text.to } : {}))
  assert.deepEqual([ops.map(({ do: doing }) => doing), shown(after).text, needsPerson(after)], [['set', 'dot'], 'refused', true])
})

test('writing on in a note that one has just deleted brings it back: an edit beats a delete', () => {
  const unsent = change(setDeleted(fresh(), true), { text: 'After all.' })
  assert.equal(sendable(unsent).set.text.to, 'After all.')
  const stored = change(setDeleted(known(), true), { text: 'After all.' })
  assert.deepEqual([sendable(stored).do, shown(stored).deleted, shown(stored).text], ['set', false, 'After all.'])
  assert.equal(shown(change(setDeleted(known(), true), { kind: 'idea' })).deleted, true)
})
