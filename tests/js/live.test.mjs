import assert from 'node:assert/strict'
import { test } from 'node:test'
import { difference, joined } from '../../static/js/notepad/difference.js'
import { events } from '../../static/js/notepad/live.js'
import { csrfToken } from '../../static/js/shared/http.js'
import { createWords } from '../../static/js/shared/words.js'

async function* chunks(...parts) { yield* parts }

test('events are cut out of the stream wherever the network broke it, and comments are dropped', async () => {
  const found = []
  for await (const event of events(chunks(': hi\n\nevent: no', 'tes\nid: 4\ndata: {"seq"', ':4}\n', '\n: beat\n\nevent: kit\r\ndata: {}\r\n\r\n'))) found.push(event)
  assert.deepEqual(found, [{ event: 'notes', data: '{"seq":4}' }, { event: 'kit', data: '{}' }])
})

test('the token is read under either name of its cookie', () => {
  assert.deepEqual([csrfToken('a=1; csrftoken=x%3D'), csrfToken('__Host-csrf=y'), csrfToken('notcsrftoken=z')], ['x=', 'y', ''])
})

test('two texts share their start and their end', () => {
  assert.deepEqual(difference('we split it. Then silence. Always', 'we split it. It is long. Always'),
    { before: 'we split it. ', mine: 'Then silence. ', theirs: 'It is long. ', after: 'Always' })
  assert.equal(joined('We argue. Then silence.', 'We argue. It is long.'), 'We argue. Then silence. It is long.')
})

test('a count chooses the form of its language', () => {
  const words = createWords({ notes: { one: '{count} nota', many: '{count} note', other: '{count} note' } }, 'it')
  assert.deepEqual([1, 2, 0].map((count) => words.say('notes', { count })), ['1 nota', '2 note', '0 note'])
})
