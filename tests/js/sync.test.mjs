import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Unreachable } from '../../static/js/shared/http.js'
import { blank, change, discardRefused, isUnsent, setDeleted, settle, shown } from '../../static/js/notepad/outbox.js'
import { createSync } from '../../static/js/notepad/sync.js'
import { answer, counter, memoryStore, row, stored } from './desk.mjs'

const BORN = '2026-04-11T10:00:00Z'
const fresh = (id, text = id) => change(blank(id, `${BORN}${id}`), { session: 's1', kind: 'habit', text })

/** A pad at a desk; `push(ops)` is the server. Nothing is timed: what would wait is listed in `waits`. */
function pad({ notes, push, changes = () => answer({ epoch: 'e1', seq: 0, notes: [], more: false }), cursor, sentenceOf }) {
  const store = memoryStore(notes, cursor)
  const batches = []
  const waits = []
  const reports = []
  const sync = createSync({
    store, newId: counter(), clock: () => BORN, lock: (work) => work(), report: (news) => reports.push(news),
    later: (work, ms) => waits.push({ work, ms }), sentenceOf,
    net: {
      async push(ops) {
        batches.push(ops)
        return push(ops)
      },
      changes: async (since) => changes(since),
    },
  })
  return { store, sync, batches, waits, links: () => reports.map(({ link }) => link).filter(Boolean) }
}

const takeAll = (ops) => answer({ epoch: 'e1', seq: 1, acks: ops.map((op) => stored(op, { text: op.set?.text?.to ?? '' })) })
const unsent = (store) => store.notes().filter(isUnsent).map(({ id }) => id)

test('what the server acks leaves the outbox, oldest note first', async () => {
  const desk = pad({ notes: [fresh('b'), fresh('a')], push: takeAll })
  await desk.sync.send()
  assert.deepEqual([desk.batches.map((ops) => ops.map(({ note }) => note)), unsent(desk.store)], [[['a', 'b']], []])
})

for (const [name, push] of [
  ['no connection', () => { throw new Unreachable('ops') }],
  ['a portal’s page', () => answer('<h1>Hello</h1>', { type: 'text/html' })],
  ['an empty object', () => answer({})],
  ['204', () => answer('', { status: 204, type: '' })],
  ['other ids', () => answer({ epoch: 'e1', seq: 1, acks: [stored({ op: 'x', note: 'a' })] })],
  ['a login answer', () => answer({ code: 'signed_out' }, { status: 401 })],
]) {
  test(`${name} leaves every note on the tablet and tries again later with the same op`, async () => {
    const desk = pad({ notes: [fresh('a'), fresh('b')], push })
    await desk.sync.send()
    const [first] = desk.batches
    await desk.sync.send()
    assert.deepEqual(desk.batches[1], first)
    assert.deepEqual(unsent(desk.store), ['a', 'b'])
    assert.equal(desk.waits.length > 0, true)
  })
}

test('an answer cut short ends only the ops it names', async () => {
  let calls = 0
  const desk = pad({
    notes: [fresh('a'), fresh('b')],
    push(ops) {
      calls += 1
      if (calls === 1) return takeAll(ops.slice(0, 1))
      throw new Unreachable('ops')
    },
  })
  await desk.sync.send()
  assert.deepEqual([unsent(desk.store), desk.batches[1]], [['b'], [desk.batches[0][1]]])
})

test('one refused op blocks no other', async () => {
  const refuse = (op) => ({ op: op.op, status: 'refused', code: 'text_too_long', sentence: 'Too long.', note: null })
  const desk = pad({
    notes: [fresh('a', 'long'), fresh('b')],
    push: (ops) => answer({ epoch: 'e1', seq: 1, acks: ops.map((op) => (op.note === 'a' ? refuse(op) : stored(op))) }),
  })
  await desk.sync.send()
  assert.deepEqual([unsent(desk.store), desk.batches.length], [['a'], 1])
  assert.deepEqual(desk.store.note('a').refused.map(({ sentence }) => sentence), ['Too long.'])
})

test('a request too large is cut in half until it fits', async () => {
  const notes = Array.from({ length: 8 }, (_, at) => fresh(`n${at}`))
  const desk = pad({ notes, push: (ops) => (ops.length > 4 ? answer('', { status: 413, type: '' }) : takeAll(ops)) })
  await desk.sync.send()
  assert.deepEqual([desk.batches.map((ops) => ops.length), unsent(desk.store)], [[8, 4, 4], []])
})

const bad = (sentence) => answer({ code: 'parse_error', sentence }, { status: 400 })
const tooLarge = () => answer('<h1>413</h1>', { status: 413, type: 'text/html' })
const broken = () => answer('<h1>Server Error (500)</h1>', { status: 500, type: 'text/html' })
const many = (count) => Array.from({ length: count }, (_, at) => fresh(`n${String(at).padStart(2, '0')}`))
const empty = () => answer({ epoch: 'e1', seq: 1, acks: [] })

for (const [name, refuse, refusal] of [
  ['does not understand', () => bad('Half a letter.'), { code: 'not_understood', sentence: 'Half a letter.' }],
  ['finds too large', tooLarge, { code: 'too_large', sentence: 'says too_large' }],
  ['breaks at', broken, { code: 'failed', sentence: 'says failed' }],
]) {
  for (const place of [0, 20, 49]) {
    test(`one op of fifty that the server ${name}, at place ${place}, is found and set aside, and the others are sent`, async () => {
      const poisoned = many(50)[place].id
      const push = (ops) => (!ops.length ? empty() : ops.some(({ note }) => note === poisoned) ? refuse() : takeAll(ops))
      const desk = pad({ notes: many(50), push, sentenceOf: (code) => `says ${code}` })
      await desk.sync.send()
      if (desk.waits.length) await desk.waits[0].work() // a server that broke once may have been restarting
      const { refused: [{ code, sentence }], sent } = desk.store.note(poisoned)
      assert.deepEqual([unsent(desk.store), { code, sentence }, sent], [[poisoned], refusal, null])
      const before = desk.batches.length
      await desk.sync.send()
      assert.equal(desk.batches.length, before, 'it is not sent again')
    })
  }
  test(`a server that ${name} everything is to blame itself: every op stays in the outbox and goes later`, async () => {
    let isWell = false
    const desk = pad({ notes: many(3), push: (ops) => (isWell ? (ops.length ? takeAll(ops) : empty()) : refuse()) })
    for (let round = 0; round < 6; round += 1) await desk.sync.send()
    assert.deepEqual(desk.store.notes().map(({ sent, refused }) => [sent !== null, refused.length]), [[true, 0], [true, 0], [true, 0]])
    isWell = true
    await desk.sync.send()
    assert.deepEqual(unsent(desk.store), [])
  })
}

test('a server that breaks once is asked again with the same ops', async () => {
  let calls = 0
  const desk = pad({ notes: many(3), push: (ops) => ((calls += 1) === 1 ? broken() : takeAll(ops)) })
  await desk.sync.send()
  await desk.waits[0].work()
  assert.deepEqual([desk.batches[1], unsent(desk.store)], [desk.batches[0], []])
})

for (const [name, status] of [['a gateway', 502], ['a proxy that waited too long', 504]]) {
  test(`${name} blames no op, however often it answers`, async () => {
    const desk = pad({ notes: many(2), push: (ops) => (ops.length ? answer('', { status, type: 'text/html' }) : empty()) })
    for (let round = 0; round < 6; round += 1) await desk.sync.send()
    assert.deepEqual(desk.store.notes().map(({ sent, refused }) => [sent !== null, refused.length]), [[true, 0], [true, 0]])
  })
}

test('the server says how long to wait, up to a minute', async () => {
  const waits = []
  for (const retryAfter of [2, 86_400]) {
    const desk = pad({ notes: [fresh('a')], push: () => answer('', { status: 503, type: '', retryAfter }) })
    await desk.sync.send()
    waits.push(desk.waits[0].ms)
  }
  assert.deepEqual(waits, [2000, 60_000])
})

test('at most fifty ops travel at once', async () => {
  const notes = Array.from({ length: 120 }, (_, at) => fresh(`n${String(at).padStart(3, '0')}`))
  const desk = pad({ notes, push: takeAll })
  await desk.sync.send()
  assert.deepEqual([desk.batches.map((ops) => ops.length), unsent(desk.store)], [[50, 50, 20], []])
})

test('rows are taken with the cursor, in one step, until there are no more', async () => {
  const pages = [
    { epoch: 'e1', seq: 2, notes: [row('a', { seq: 2 })], more: true }, { epoch: 'e1', seq: 5, notes: [row('b', { seq: 5 })], more: false },
  ]
  const asked = []
  const desk = pad({ notes: [], push: takeAll, changes(since) { asked.push(since); return answer(pages.shift()) } })
  assert.equal(await desk.sync.pull(), true)
  assert.deepEqual([asked, desk.store.notes().map(({ id }) => id), await desk.sync.since()], [[0, 2], ['a', 'b'], 5])
})

test('a server restored from a backup is read from the start and offered what it forgot', async () => {
  const store = { epoch: 'e1', seq: 40 }
  const asked = []
  const desk = pad({
    notes: [], push: takeAll, cursor: store,
    changes(since) {
      asked.push(since)
      return answer({ epoch: 'e2', seq: 3, notes: since === 0 ? [row('a', { seq: 3 })] : [], more: false })
    },
  })
  await desk.store.transact(async (tx) => {
    tx.put({ ...blank('a', BORN), server: row('a', { seq: 20 }) })
    tx.put({ ...blank('b', BORN), server: row('b', { seq: 40, text: 'forgotten' }) })
  })
  await desk.sync.pull()
  assert.deepEqual([asked, unsent(desk.store), await desk.store.recall('cursor')], [[40, 0], ['b'], { epoch: 'e2', seq: 3 }])
  await desk.sync.send()
  assert.equal(desk.batches[0][0].set.text.to, 'forgotten')
})

test('each failure waits longer than the one before, up to fifteen seconds, give or take a quarter', async () => {
  const desk = pad({ notes: [fresh('a')], push() { throw new Unreachable('ops') } })
  await desk.sync.send()
  for (let at = 0; at < 5; at += 1) await desk.waits[at].work()
  const isNear = desk.waits.map(({ ms }, at) => Math.abs(ms / [1000, 2000, 4000, 8000, 15_000, 15_000][at] - 1) <= 0.25)
  assert.deepEqual([isNear, desk.links()], [Array(6).fill(true), Array(6).fill('offline')])
})

/** A pad before a server that was restored, which answers `changes` when told to; it still has note a, which is deleted. */
function restoredDesk() {
  const gone = { ...blank('a', BORN), server: row('a', { seq: 20, revision: 2, deleted: true }) }
  const asked = []
  const changes = (since) => new Promise((resolve) => {
    const notes = [row('a', { seq: 3, revision: 2, base: 2, deleted: true })].filter(({ seq }) => seq > since)
    asked.push({ since, tell: () => resolve(answer({ epoch: 'e2', seq: 50, notes, more: false })) })
  })
  const desk = pad({ notes: [gone], push: takeAll, cursor: { epoch: 'e1', seq: 40 }, changes })
  return { ...desk, asked }
}

const aMoment = () => new Promise((resolve) => setImmediate(resolve))

test('an answer asked for before a restore was noticed hides nothing that is still to be read', async () => {
  const { sync, store, asked } = restoredDesk()
  const early = sync.pull()
  await aMoment()
  const noticed = sync.take({ epoch: 'e2', seq: 0, notes: [] })
  await aMoment()
  asked[0].tell()
  await aMoment()
  for (const { tell } of asked.slice(1)) tell()
  await Promise.all([early, noticed])
  assert.deepEqual([asked.map(({ since }) => since), store.note('a')?.server.deleted], [[40, 0, 0], true])
  assert.deepEqual(await store.recall('cursor'), { epoch: 'e2', seq: 50 })
})

test('news of the stream hides nothing of a restored server that is still to be read', async () => {
  const { sync, store, asked } = restoredDesk()
  const noticed = sync.take({ epoch: 'e2', seq: 0, notes: [] })
  await aMoment()
  await sync.take({ epoch: 'e2', seq: 50, notes: [] })
  const other = sync.pull()
  await aMoment()
  for (const { tell } of asked.reverse()) {
    tell()
    await aMoment()
  }
  await Promise.all([noticed, other])
  assert.deepEqual([asked.map(({ since }) => since), store.note('a')?.server.deleted], [[0, 0], true])
})

test('an ack of a restored server is judged by its new history, so that the newer text here is offered again', async () => {
  const desk = pad({
    notes: [{ ...blank('a', BORN), server: row('a', { seq: 20, revision: 5, text: 'newer' }), dots: 1 }], cursor: { epoch: 'e1', seq: 40 },
    push: (ops) => answer({ epoch: 'e2', seq: 4, acks: ops.map((op) => stored(op, { seq: 4, revision: 3, text: 'older', dots: 1 })) }),
  })
  await desk.sync.send()
  assert.deepEqual([desk.batches[1]?.[0].set.text, await desk.store.recall('cursor')],
    [{ from: 'older', to: 'newer' }, { epoch: 'e2', seq: 0, restored: true }])
})

test('a server that knows less than we have read was restored, whatever it calls itself', async () => {
  const desk = pad({
    notes: [{ ...blank('a', BORN), server: row('a', { seq: 20, text: 'forgotten' }) }], push: takeAll, cursor: { epoch: 'e1', seq: 40 },
    changes: () => answer({ epoch: 'e1', seq: 3, notes: [], more: false }),
  })
  await desk.sync.pull()
  assert.deepEqual([unsent(desk.store), await desk.store.recall('cursor')], [['a'], { epoch: 'e1', seq: 3 }])
})

test('what the stream or the kit says of another history is enough to offer everything again', async () => {
  const desk = pad({
    notes: [{ ...blank('a', BORN), server: row('a', { seq: 20, text: 'forgotten' }) }], push: takeAll, cursor: { epoch: 'e1', seq: 40 },
    changes: () => answer({ epoch: 'e2', seq: 3, notes: [], more: false }),
  })
  await desk.sync.take({ epoch: 'e2', seq: 0, notes: [] })
  assert.deepEqual([unsent(desk.store), await desk.store.recall('cursor')], [['a'], { epoch: 'e2', seq: 3 }])
})

/** A note with two texts, of which both are kept: `b` is the second note. */
function bothKept(second) {
  const split = { ...blank('a', `${BORN}a`), server: row('a', { text: 'one', variants: [{ op: 'v1', text: 'two', by: 'Youssef', at: BORN }] }) }
  return [settle(split, ['v1'], { after: 'b' }), ...(second ? [second] : [])]
}
const doings = (batches) => batches.flat().map(({ note, do: doing }) => `${note} ${doing}`)

test('of two notes that were one the first loses the second text only when the second is on the server', async () => {
  const desk = pad({ notes: bothKept(fresh('b', 'two')), push: takeAll })
  await desk.sync.send()
  assert.deepEqual(doings(desk.batches), ['b set', 'a settle'])
})

test('a second note that the organiser holds keeps the second text on the first one too', async () => {
  const hold = (op) => ({ op: op.op, status: 'held', code: 'session_closed', sentence: 'Closed.', note: null })
  const desk = pad({ notes: bothKept(fresh('b', 'two')), push: (ops) => answer({ epoch: 'e1', seq: 1, acks: ops.map(hold) }) })
  await desk.sync.send()
  await desk.sync.send()
  assert.deepEqual(doings(desk.batches), ['b set'])
})

test('a second note that was given up opens the decision again', async () => {
  const refuse = (op) => ({ op: op.op, status: 'refused', code: 'x', sentence: 'No.', note: null })
  const desk = pad({ notes: bothKept(fresh('b', 'two')), push: (ops) => answer({ epoch: 'e1', seq: 1, acks: ops.map(refuse) }) })
  await desk.sync.send()
  await desk.store.transact(async (tx) => { if (discardRefused(await tx.get('b')) === null) tx.remove('b') })
  await desk.sync.send()
  assert.deepEqual([doings(desk.batches), shown(desk.store.note('a')).variants.map(({ text }) => text)], [['b set'], ['two']])
})

test('a second note deleted before it was sent holds the decision up no longer', async () => {
  const desk = pad({ notes: bothKept(setDeleted(fresh('b', 'two'), true)), push: takeAll })
  await desk.sync.send()
  assert.deepEqual(doings(desk.batches), ['a settle'])
})

test('what became of a held note is asked by its own op', async () => {
  let isAccepted = false
  const push = (ops) => answer({
    epoch: 'e1', seq: 1, acks: ops.map((op) => (isAccepted ? stored(op, { text: 'late' })
      : { op: op.op, status: 'held', code: 'session_closed', sentence: 'Closed.', note: null })),
  })
  const desk = pad({ notes: [fresh('a', 'late')], push })
  await desk.sync.send()
  await desk.sync.askHeld()
  isAccepted = true
  await desk.sync.askHeld()
  await desk.sync.askHeld()
  assert.deepEqual([desk.batches.map(([{ op }]) => op), desk.store.note('a').server.text, desk.store.note('a').held],
    [['op-1', 'op-1', 'op-1'], 'late', []])
})
