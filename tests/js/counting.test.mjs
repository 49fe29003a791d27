// The rating round on one tablet: answers in order, one in flight, nothing counted twice.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countAnswer, countsOf, emptyTally } from '../../static/js/notepad/counting.js'
import { doubt, freeze, freezeTallies, inherited, isUnsent, offerAgain, receive, takeAck } from '../../static/js/notepad/things.js'

const AT = '2026-04-11T10:40:00.000Z'
const row = (seq, ...counts) => ({ session: 's1', initiative: 'i1', seq, counts })
const known = (...counts) => receive(emptyTally('s1', 'i1', AT), row(1, ...counts))
const give = (tally, answer, op, add = 1) => countAnswer(tally, { answer, add, op, at: AT })

test('an answer is counted at once and sent under the id it got when it was given', () => {
  const tally = give(known(0, 0, 1, 0, 0), 4, 'op-1')
  const { note, op } = freeze(tally)
  assert.deepEqual(op, { do: 'tally', session: 's1', initiative: 'i1', op: 'op-1', answer: 4, add: 1, written_at: AT })
  assert.deepEqual([countsOf(note), isUnsent(note), freeze(note).op], [[0, 0, 1, 1, 0], true, op])
})

test('what is taken back before it left is never sent', () => {
  assert.deepEqual(give(give(known(0, 0, 0, 0, 0), 4, 'op-1'), 4, 'op-2', -1).queue, [])
})

test('what is taken back while it is in flight is sent after it', () => {
  const { note } = freeze(give(known(0, 0, 0, 0, 0), 4, 'op-1'))
  const back = give(note, 4, 'op-2', -1)
  const acked = takeAck(back, { op: 'op-1', status: 'stored', tally: row(2, 0, 0, 0, 1, 0) })
  assert.deepEqual([countsOf(back), freeze(acked).op.op, countsOf(acked)], [[0, 0, 0, 0, 0], 'op-2', [0, 0, 0, 0, 0]])
})

test('nobody can take back an answer that was not given', () => {
  const tally = known(0, 0, 0, 0, 0)
  assert.equal(give(tally, 1, 'op-1', -1), tally)
})

test('moving somebody from one answer to another keeps its order', () => {
  const moved = give(give(known(0, 0, 0, 0, 2), 5, 'op-1', -1), 2, 'op-2')
  assert.deepEqual(moved.queue.map(({ op }) => op), ['op-1', 'op-2'])
})

test('a row that holds the answer in flight does not count it twice, and a newer one is taken after its ack', () => {
  const { note } = freeze(give(known(0, 0, 0, 0, 0), 4, 'op-1'))
  const pushed = receive(receive(note, row(2, 0, 0, 0, 1, 0)), row(3, 0, 0, 0, 1, 1))
  assert.deepEqual(countsOf(pushed), [0, 0, 0, 1, 0])
  const acked = takeAck(pushed, { op: 'op-1', status: 'stored', tally: row(2, 0, 0, 0, 1, 0) })
  assert.deepEqual([countsOf(acked), isUnsent(acked)], [[0, 0, 0, 1, 1], false])
})

test('an answer the server refuses leaves the count and says why', () => {
  const { note } = freeze(give(known(0, 0, 0, 0, 0), 4, 'op-1'))
  const refused = takeAck(note, { op: 'op-1', status: 'refused', code: 'all_have_answered', sentence: 'All.', tally: row(9, 3, 0, 0, 0, 0) })
  assert.deepEqual([countsOf(refused), refused.refused, isUnsent(refused)], [[3, 0, 0, 0, 0], 'All.', false])
  assert.equal(give(refused, 1, 'op-2', -1).refused, null)
})

test('an ack of another op ends nothing', () => {
  const { note } = freeze(give(known(0, 0, 0, 0, 0), 4, 'op-1'))
  assert.deepEqual(takeAck(note, { op: 'other', status: 'stored', tally: row(2, 0, 0, 0, 1, 0) }).queue, note.queue)
})

test('an answer that came too late leaves the count with its ack', () => {
  const { note } = freeze(give(known(0, 0, 0, 0, 1), 4, 'op-1'))
  assert.deepEqual(countsOf(takeAck(note, { op: 'op-1', status: 'held', note: null })), [0, 0, 0, 0, 1])
})

test('an older row never replaces a newer one', () => {
  const tally = receive(emptyTally('s1', 'i1', AT), row(5, 0, 0, 0, 0, 2))
  assert.equal(receive(tally, row(4, 0, 0, 0, 0, 1)), tally)
})

test('after a restore the count is the server\'s again, and what waits here is still sent', () => {
  const doubted = doubt(give(receive(emptyTally('s1', 'i1', AT), row(50, 0, 0, 0, 3, 0)), 5, 'op-1'))
  assert.deepEqual(countsOf(receive(doubted, row(3, 0, 0, 0, 1, 0))), [0, 0, 0, 1, 1])
  assert.deepEqual(countsOf(offerAgain(doubted)), [0, 0, 0, 0, 1])
})

test('answers of an earlier author of the tablet come first, none of them twice', () => {
  const earlier = give(known(0, 0, 0, 0, 0), 1, 'op-1')
  const own = give(give(known(0, 0, 0, 0, 0), 2, 'op-2'), 3, 'op-3')
  const joined = inherited(own, earlier)
  assert.deepEqual(joined.queue.map(({ op }) => op), ['op-1', 'op-2', 'op-3'])
  assert.deepEqual(inherited(joined, earlier).queue.map(({ op }) => op), ['op-1', 'op-2', 'op-3'])
})

test('a saved copy holds every answer that waits, and none of them can be undone without an op afterwards', async () => {
  const things = new Map([['t', give(give(known(0, 0, 0, 0, 0), 4, 'op-1'), 5, 'op-2')]])
  const ops = await freezeTallies({ all: async () => [...things.values()], put: (thing) => things.set('t', thing) })
  assert.deepEqual(ops.map(({ op }) => op), ['op-1', 'op-2'])
  assert.deepEqual(give(things.get('t'), 5, 'op-3', -1).queue.map(({ op }) => op), ['op-1', 'op-2', 'op-3'])
})
