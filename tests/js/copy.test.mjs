import assert from 'node:assert/strict'
import { test } from 'node:test'
import { copyOf } from '../../static/js/notepad/copy.js'
import { blank, change, dot, freeze, setDeleted, takeAck } from '../../static/js/notepad/outbox.js'
import { counter, row } from './desk.mjs'

const KIT = { workshop: { id: 'w', title: 'An evening' }, group: { id: 'g', name: 'Olmo' }, me: { name: 'Ilaria' } }
const AT = '2026-04-11T11:00:00Z'
const BORN = '2026-04-11T10:00:00Z'
const copy = (notes, draft = null) => copyOf({ kit: KIT, notes, draft, at: AT, newId: counter('copied') })

test('the copy names an op in flight by the id it is sent with, and carries what follows it', () => {
  const { note } = freeze(change(blank('n', BORN), { kind: 'idea', text: 'First' }), counter())
  const later = setDeleted(change(note, { text: 'Second' }), true)
  assert.deepEqual(copy([later]).ops, [
    { op: 'op-1', note: 'n', do: 'set', set: { kind: { to: 'idea' }, text: { to: 'First' } }, written_at: BORN },
    { op: 'copied-1', note: 'n', do: 'set', set: { text: { from: 'First', to: 'Second' } }, written_at: AT },
    { op: 'copied-2', note: 'n', do: 'delete', written_at: AT },
  ])
})

test('the copy carries what the server refused', () => {
  const { note, op } = freeze(change(blank('n', BORN), { text: 'Too long' }), counter())
  const refused = takeAck(note, { op: op.op, status: 'refused', code: 'text_too_long', sentence: 'Too long.', note: null })
  assert.deepEqual(copy([refused]).ops, [op])
})

test('a dot behind another change is left out, because it would count twice; one in flight is not', () => {
  const known = { ...blank('n', BORN), server: row('n', { text: 'Bread' }) }
  const behind = dot(dot(change(known, { text: 'Bread at seven' }), 1), 1)
  assert.deepEqual(copy([behind]).ops.map((op) => op.do), ['set'])
  const inFlight = freeze(dot(dot(known, 1), 1), counter()).note
  assert.deepEqual(copy([inFlight]).ops, [inFlight.sent])
})

test('the copy carries the draft, and every note as it is seen, oldest first', () => {
  const older = { ...blank('a', '2026-04-11T09:00:00Z'), server: row('a', { text: 'Older' }) }
  const file = copy([change(blank('b', BORN), { text: 'Newer' }), older], { id: 'd', text: 'Being written' })
  assert.deepEqual([file.format, file.version, file.by, file.draft], ['tavolo-notes', 1, 'Ilaria', { id: 'd', text: 'Being written' }])
  assert.deepEqual(file.notes.map(({ text, unsent }) => [text, unsent]), [['Older', false], ['Newer', true]])
  assert.equal(copy([], { id: 'd', text: '' }).draft, null)
})
