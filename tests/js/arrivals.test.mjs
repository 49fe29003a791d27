import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  decided, findCode, findName, fresh, isCode, isUnsent, offeredAgain, shownPeople, takeAck, takeBack, withAcked,
} from '../../static/js/checkin/arrivals.js'
import { readList, readSent } from '../../static/js/checkin/answers.js'
import { createSync } from '../../static/js/checkin/sync.js'
import { Unreachable } from '../../static/js/shared/http.js'
import { answer, memoryStore } from './desk.mjs'

const AT = '2026-04-11T09:52:00Z'
const person = (id, fields = {}) => ({
  id, name: id, state: 'confirmed', table: null, seat: null, code: '', arrival: null, since: null, ...fields,
})
const here = (op, registration, fields = {}) => ({ op, do: 'here', registration, at: AT, ...fields })
const walkIn = (op, name, fields = {}) => ({ op, do: 'walk_in', registration: `r-${op}`, at: AT, name, ...fields })
const back = (op, registration, of) => ({ op, do: 'not_here', registration, of, at: AT })
const things = (...ops) => ops.map((op, at) => fresh(op, at + 1, op.name ?? op.registration))
const view = (people, ...ops) => shownPeople(people, things(...ops), 'en').map(({ name, arrival, isUnsent: own }) => [name, arrival, own])

// What the page shows

test('what was done here lies over the list, in its order', () => {
  const list = [person('Teresa'), person('Anna')]
  assert.deepEqual(view(list, here('o1', 'Teresa'), walkIn('o2', 'Omar')), [['Anna', null, false], ['Omar', 'o2', true], ['Teresa', 'o1', true]])
  assert.deepEqual(view(list, here('o1', 'Teresa'), back('o2', 'Teresa', 'o1')), [['Anna', null, false], ['Teresa', null, true]])
  const again = view(list, here('o1', 'Teresa'), back('o2', 'Teresa', 'o1'), here('o3', 'Teresa'))
  assert.deepEqual(again, [['Anna', null, false], ['Teresa', 'o3', true]])
})

test('taking back an arrival that another desk has seen anew changes nothing', () => {
  assert.deepEqual(view([person('Teresa', { arrival: 'theirs' })], back('o2', 'Teresa', 'o1')), [['Teresa', 'theirs', false]])
})

test('a tick that never left this phone is taken back without a word to the server', () => {
  const [own] = things(here('o1', 'Teresa'))
  const shown = person('Teresa', { arrival: 'o1' })
  assert.deepEqual(takeBack(shown, [own]), { remove: 'o1' })
  assert.deepEqual(takeBack(shown, [{ ...own, isTried: true }]), { add: { do: 'not_here', registration: 'Teresa', of: 'o1' } })
  assert.deepEqual(takeBack(shown, []), { add: { do: 'not_here', registration: 'Teresa', of: 'o1' } })
})

test('codes are known however they are typed, also those of another day', () => {
  const people = [person('Teresa', { code: '7KTR248' })]
  const elsewhere = [{ starts_at: '2026-03-07T09:00:00Z', codes: ['2ABC345'] }]
  assert.equal(findCode(' 7ktr-248', people, elsewhere).person.id, 'Teresa')
  assert.deepEqual(findCode('2ABC-345', people, elsewhere), { elsewhere: '2026-03-07T09:00:00Z' })
  assert.equal(findCode('9ZZZ-999', people, elsewhere), null)
  assert.deepEqual(['7KTR-248', '7ktr248', 'Teresa', 'https://x.example'].map(isCode), [true, true, false, false])
})

test('somebody without a code is not found by an empty one', () => {
  assert.equal(findCode('', [person('Omar')], []), null)
})

test('names are found by any of their parts, accents or not', () => {
  const people = [person('1', { name: 'Leonardo Viganò' }), person('2', { name: 'Li Na Zhou' })]
  const found = (typed) => findName(typed, people).map(({ id }) => id)
  assert.deepEqual([found('vigano'), found('zh li'), found(''), found('x')], [['1'], ['2'], ['1', '2'], []])
})

// What an answer makes of it

const ack = (op, status = 'stored', fields = {}) => ({ op, status, person: person('Teresa', { arrival: op }), ...fields })

test('only what was stored or is held by the organiser is no longer unsent', () => {
  const [thing] = things(here('o1', 'Teresa'))
  const states = ['stored', 'held', 'choice', 'refused'].map((status) => takeAck(thing, ack('o1', status)))
  assert.deepEqual(states.map(({ state }) => state), ['sent', 'held', 'asked', 'refused'])
  assert.deepEqual(states.map(isUnsent), [false, false, true, true])
})

test('the answer to a choice is a new op in the same place', () => {
  const asked = takeAck(things(walkIn('o1', 'Omar'))[0], { op: 'o1', status: 'choice', code: 'full', person: null })
  const next = decided(asked, { place: 'over', reason: 'Speaker' }, () => 'o2')
  assert.deepEqual(next, { ...fresh({ ...walkIn('o1', 'Omar'), op: 'o2', place: 'over', reason: 'Speaker' }, 1, 'Omar') })
  assert.equal(decided(asked, null, () => 'o2'), null)
})

test('a restored server is offered all that was sent, by the same ids, and asks nobody twice', () => {
  const sent = takeAck(things(here('o1', 'Teresa'))[0], ack('o1'))
  const again = offeredAgain(sent)
  assert.deepEqual([again.state, again.op.op], ['waiting', 'o1'])
  assert.equal(takeAck(again, ack('o1', 'choice', { code: 'here_already' })).state, 'sent')
  assert.equal(takeAck(again, ack('o1', 'choice', { code: 'gave_up' })).state, 'asked')
})

test('whoever was erased goes from the list, and a refusal takes nobody off it', () => {
  const list = [person('Teresa'), person('Anna')]
  const names = (people) => people.map(({ id }) => id)
  assert.deepEqual(names(withAcked(list, { status: 'stored', person: null }, 'Teresa')), ['Anna'])
  assert.deepEqual(names(withAcked(list, { status: 'refused', person: null }, 'Teresa')), ['Teresa', 'Anna'])
})

// Which answers count

const body = (...acks) => answer({ epoch: 'e1', acks })
const OPS = [here('o1', 'Teresa')]

for (const [name, reply] of [
  ['a portal’s page', answer('<h1>Welcome</h1>', { type: 'text/html' })],
  ['JSON that calls itself HTML', answer({ epoch: 'e1', acks: [ack('o1')] }, { type: 'text/html' })],
  ['an empty object', answer({})],
  ['no body', answer('', { status: 204, type: '' })],
  ['201', answer({ epoch: 'e1', acks: [ack('o1')] }, { status: 201 })],
  ['an ack of another op', body(ack('o2'))],
  ['an ack that says something else', body(ack('o1', 'ok'))],
  ['an ack without a person', body({ op: 'o1', status: 'stored' })],
  ['no name of the history', answer({ acks: [ack('o1')] })],
]) test(`${name} is no ack`, () => assert.notEqual(readSent(reply, OPS).kind, 'acks'))

test('a list is whole or none', () => {
  const list = {
    epoch: 'e1', version: 'v1', me: { key: 'user:1' }, workshop: { id: 'w', ends_at: AT }, people: [person('Teresa')], tables: [], elsewhere: [],
  }
  assert.equal(readList(answer(list)).kind, 'list')
  const { people, tables, elsewhere, ...same } = list
  assert.equal(readList(answer(same)).kind, 'list')
  for (const broken of [{ ...list, people: [{}] }, { ...list, tables: undefined }, { ...list, me: {} }, { people }, {}]) {
    assert.equal(readList(answer(broken)).kind, 'unreadable')
  }
  assert.equal(readList(answer('<p>', { type: 'text/html' })).kind, 'unreadable')
  assert.equal(readList(answer({ code: 'x' }, { status: 404 })).kind, 'gone')
})

// Sending

const LIST = { epoch: 'e1', version: 'v1', me: { key: 'user:1' }, workshop: { id: 'w', ends_at: AT }, people: [person('Teresa'), person('Anna')], tables: [], elsewhere: [] }

/** A desk at a desk; `push(ops)` is the server. Nothing is timed: what would wait is listed in `waits`. */
async function desk({ ops = [], push = takeAll, list = () => answer(LIST) }) {
  const store = memoryStore(things(...ops))
  await store.transact(async (tx) => tx.keep('list', LIST))
  const batches = []
  const waits = []
  const links = []
  let last = Promise.resolve()
  const sync = createSync({
    store, key: 'user:1', later: (work, ms) => waits.push({ work, ms }), report: ({ link }) => link && links.push(link),
    lock: (work) => (last = last.catch(() => {}).then(work)),
    net: {
      async push(sent) {
        batches.push(sent.map(({ op }) => op))
        return push(sent)
      },
      list: async (version) => list(version),
    },
  })
  return { store, sync, batches, waits, links, states: () => store.notes().map(({ state }) => state) }
}

const takeAll = (ops) => answer({ epoch: 'e1', acks: ops.map((op) => ack(op.op, 'stored', { person: person(op.registration, { arrival: op.op }) })) })

test('ops go in the order of this phone, and what is acked is on the list at once', async () => {
  const one = await desk({ ops: [here('b', 'Teresa'), here('a', 'Anna')] })
  await one.sync.send()
  assert.deepEqual([one.batches, one.states()], [[['b', 'a']], ['sent', 'sent']])
  const { people } = await one.store.recall('list')
  assert.deepEqual(people.map(({ id, arrival }) => [id, arrival]), [['Teresa', 'b'], ['Anna', 'a']])
})

for (const [name, push] of [
  ['no connection', () => { throw new Unreachable('arrivals') }],
  ['a portal’s page', () => answer('<h1>Hello</h1>', { type: 'text/html' })],
  ['an empty object', () => answer({})],
  ['204', () => answer('', { status: 204, type: '' })],
  ['a sign-in answer', () => answer({ code: 'not_authenticated' }, { status: 401 })],
  ['somebody else', () => answer({ code: 'other_author' }, { status: 409 })],
  ['no such door', () => answer({ code: 'not_found' }, { status: 404 })],
  ['too much at once', () => answer({ code: 'throttled' }, { status: 429, retryAfter: 7 })],
]) {
  test(`${name} leaves everything on the phone and sends the same ops later`, async () => {
    const one = await desk({ ops: [here('a', 'Teresa'), walkIn('b', 'Omar')], push })
    await one.sync.send()
    await one.sync.send()
    assert.deepEqual([one.batches, one.states()], [[['a', 'b'], ['a', 'b']], ['waiting', 'waiting']])
    assert.equal(one.waits.length > 0, true)
  })
}

test('an op is marked as tried before it goes, so that it is never forgotten as unsent', async () => {
  let before = null
  const one = await desk({
    ops: [here('a', 'Teresa')],
    push() {
      before = one.store.note('a').isTried
      throw new Unreachable('arrivals')
    },
  })
  await one.sync.send()
  assert.equal(before, true)
})

test('one op the server cannot read stands in the way of no other', async () => {
  const one = await desk({
    ops: [here('a', 'Teresa'), here('bad', 'Anna'), walkIn('c', 'Omar')],
    push: (ops) => (ops.some(({ op }) => op === 'bad') ? answer({ code: 'parse_error', sentence: 'No.' }, { status: 400 })
      : ops.length ? takeAll(ops) : answer({ epoch: 'e1', acks: [] })),
  })
  await one.sync.send()
  assert.deepEqual(one.states(), ['sent', 'refused', 'sent'])
  assert.equal(one.store.note('bad').ack.sentence, 'No.')
})

test('a choice waits for a person and is not sent again', async () => {
  const one = await desk({
    ops: [walkIn('a', 'Omar')],
    push: (ops) => answer({ epoch: 'e1', acks: ops.map(({ op }) => ({ op, status: 'choice', code: 'full', sentence: 'Full.', person: null })) }),
  })
  await one.sync.send()
  await one.sync.send()
  assert.deepEqual([one.batches, one.states()], [[['a']], ['asked']])
})

test('a choice about a tick that was taken back meanwhile asks nobody', async () => {
  const one = await desk({
    ops: [here('a', 'Teresa'), back('b', 'Teresa', 'a')],
    push: () => answer({ epoch: 'e1', acks: [ack('a', 'choice', { code: 'here_already' }), ack('b')] }),
  })
  await one.sync.send()
  assert.deepEqual(one.store.notes().map(({ id, state }) => [id, state]), [['b', 'sent']])
})

test('another name of the history sends everything again, in its order', async () => {
  const one = await desk({ ops: [here('a', 'Teresa'), back('b', 'Teresa', 'a'), here('c', 'Teresa')] })
  await one.sync.send()
  const restored = await desk({ ops: [], list: () => answer({ ...LIST, epoch: 'e2', version: 'v2' }), push: (ops) => answer({ ...JSON.parse(takeAll(ops).text), epoch: 'e2' }) })
  await restored.store.transact(async (tx) => one.store.notes().forEach((thing) => tx.put(thing)))
  await restored.sync.pull()
  assert.deepEqual(restored.states(), ['waiting', 'waiting', 'waiting'])
  await restored.sync.send()
  assert.deepEqual([restored.batches, restored.states()], [[['a', 'b', 'c']], ['sent', 'sent', 'sent']])
  assert.equal((await restored.store.recall('list')).epoch, 'e2')
})

test('a list is fetched between two sends, never beside one', async () => {
  const order = []
  let answerPush
  const one = await desk({
    ops: [here('a', 'Teresa')],
    push: (ops) => new Promise((resolve) => {
      order.push('sent')
      answerPush = () => { order.push('acked'); resolve(takeAll(ops)) }
    }),
    list: () => { order.push('list'); return answer(LIST) },
  })
  const sending = one.sync.send()
  while (!answerPush) await new Promise(setImmediate)
  const pulling = one.sync.pull()
  await new Promise(setImmediate)
  answerPush()
  await Promise.all([sending, pulling])
  assert.deepEqual(order, ['sent', 'acked', 'list'])
})

test('a list without people is the one the phone has', async () => {
  const { people, tables, elsewhere, ...same } = LIST
  const asked = []
  const one = await desk({ list: (version) => { asked.push(version); return answer(same) } })
  await one.sync.pull()
  assert.deepEqual([asked, (await one.store.recall('list')).people], [['v1'], people])
})

test('the list of somebody else is not taken', async () => {
  const one = await desk({ list: () => answer({ ...LIST, me: { key: 'user:2' }, people: [] }) })
  assert.equal(await one.sync.pull(), false)
  assert.deepEqual([one.links, (await one.store.recall('list')).people.length], [['other'], 2])
})

