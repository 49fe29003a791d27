import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readPushAnswer } from '../../static/js/notepad/answers.js'
import { answer, row, stored } from './desk.mjs'

const OPS = [{ op: 'op-1', note: 'n1', do: 'delete' }, { op: 'op-2', note: 'n2', do: 'delete' }]
const acks = (...list) => answer({ epoch: 'e1', seq: 2, acks: list })
const kindOf = (reply) => readPushAnswer(reply, OPS).kind

test('only acks of our own ops in a JSON answer with status 200 count', () => {
  const own = stored(OPS[0])
  assert.deepEqual(readPushAnswer(acks(own, stored({ op: 'strange', note: 'n9' })), OPS), { kind: 'acks', epoch: 'e1', acks: [own] })
})

for (const [name, reply] of [
  ['a page of a venue’s portal', answer('<h1>Welcome</h1>', { type: 'text/html' })],
  ['JSON that calls itself HTML', answer({ epoch: 'e1', acks: [stored(OPS[0])] }, { type: 'text/html' })],
  ['an empty object', answer({})],
  ['null', answer(null)],
  ['an answer without a body', answer('', { status: 204, type: '' })],
  ['half an answer', answer('{"epoch": "e1", "acks": [{"op": "op-1", "sta')],
  ['acks of other ops', acks(stored({ op: 'strange', note: 'n9' }))],
  ['an ack with the row of another note', acks({ op: 'op-1', status: 'stored', note: row('n9') })],
  ['an ack without a row', acks({ op: 'op-1', status: 'stored', note: null })],
  ['an unknown status', acks({ op: 'op-1', status: 'fine', note: row('n1') })],
  ['a gateway without a server', answer('<h1>502</h1>', { status: 502, type: 'text/html' })],
  ['a list', answer([stored(OPS[0])])],
  ['acks that are no list', answer({ epoch: 'e1', acks: { 0: stored(OPS[0]) } })],
  ['acks without the name of the history', answer({ acks: [stored(OPS[0])] })],
  ['a good body with status 201', answer({ epoch: 'e1', acks: [stored(OPS[0])] }, { status: 201 })],
]) {
  test(`${name} ends no op`, () => assert.equal(kindOf(reply), 'unreadable'))
}

test('each refusal of a whole request is told apart', () => {
  const kinds = [401, 403, 404, 413, 429, 500, 503].map((status) => kindOf(answer({}, { status })))
  assert.deepEqual(kinds, ['signin', 'signin', 'gone', 'smaller', 'later', 'broken', 'later'])
})

test('a request the server cannot read comes with its sentence', () => {
  assert.deepEqual(readPushAnswer(answer({ code: 'x', sentence: 'No ops.' }, { status: 400 }), OPS), { kind: 'bad', sentence: 'No ops.' })
})

test('the server names how long to wait', () => {
  assert.deepEqual(readPushAnswer(answer('', { status: 503, retryAfter: 7 }), OPS), { kind: 'later', wait: 7 })
})
