import assert from 'node:assert/strict'
import { test } from 'node:test'
import { blank, change, correct, freeze, isUnsent, offerAgain, receive, shown, takeAck } from '../../static/js/notepad/outbox.js'
import { doubt } from '../../static/js/notepad/things.js'
import { counter, row, stored } from './desk.mjs'

const BORN = '2026-04-11T11:12:00Z'
const note = (fields = {}) => receive(blank('a', BORN), row('a', { text: 'Bread', corrections: [], ...fields }))
const correction = (op, from, to) => ({ op, from, to, by: 'Ilaria', at: BORN })

/** The ops a note sends one after the other, each taken as it is. */
function opsOf(own, limit = 9) {
  const newId = counter()
  const ops = []
  for (let step = freeze(own, newId); step && ops.length < limit; step = freeze(own, newId)) {
    ops.push(step.op)
    const text = step.op.set?.text?.to ?? shown(step.note).text
    own = takeAck(step.note, stored(step.op, { text, seq: 20 + ops.length, revision: 20 + ops.length }))
  }
  return ops.map((op) => [op.do, op.set?.text?.from, op.set?.text?.to])
}

test('a correction is seen at once, is unsent, and is an op that says so', () => {
  const corrected = correct(note(), 'Rolls')
  assert.deepEqual([shown(corrected).text, isUnsent(corrected)], ['Rolls', true])
  const { op } = freeze(corrected, counter())
  assert.deepEqual(op, { op: 'op-1', note: 'a', do: 'correct', set: { text: { from: 'Bread', to: 'Rolls' } }, written_at: BORN })
})

test('correcting twice before it is sent is one correction of what was said; back to that is none', () => {
  assert.deepEqual(opsOf(correct(correct(note(), 'Rolls'), 'Buns')), [['correct', 'Bread', 'Buns']])
  assert.deepEqual([opsOf(correct(correct(note(), 'Rolls'), 'Bread')), isUnsent(correct(note(), 'Bread'))], [[], false])
})

test('what was written before it goes first, and typing on changes the correction', () => {
  const own = correct(change(note(), { text: 'Bread at seven', kind: 'idea' }), 'Rolls')
  assert.deepEqual(opsOf(own), [['set', 'Bread', 'Bread at seven'], ['correct', 'Bread at seven', 'Rolls']])
  assert.deepEqual(opsOf(change(correct(note(), 'Rolls'), { text: 'Rolls, warm' })), [['correct', 'Bread', 'Rolls, warm']])
})

test('one that is held stays in sight with its op, one that is stored leaves nothing', () => {
  const { note: sent, op } = freeze(correct(note(), 'Rolls'), counter())
  const held = takeAck(sent, { op: op.op, status: 'held', code: 'no_report_back', sentence: '', note: null })
  assert.deepEqual([shown(held).text, isUnsent(held), held.held[0].op], ['Rolls', false, op])
  const done = takeAck(sent, stored(op, { text: 'Rolls', seq: 2, revision: 2 }))
  assert.deepEqual([isUnsent(done), done.correction], [false, null])
})

test('a note kept by an earlier release can be corrected', () => {
  const { correction: _none, ...old } = note()
  assert.deepEqual([isUnsent(old), shown(correct(old, 'Rolls')).text], [false, 'Rolls'])
})

test('a restored server hears the corrections it lost under their own ids, and what was written after them', () => {
  const made = [correction('k1', 'Bread', 'Rolls'), correction('k2', 'Rolls', 'Buns')]
  const own = (fields) => doubt(note({ text: 'Buns', revision: 4, seq: 9, corrections: made, ...fields }), 'e2')
  const lost = receive(own(), row('a', { text: 'Rolls', revision: 3, seq: 3, corrections: made.slice(0, 1) }))
  assert.deepEqual([shown(lost).text, freeze(lost, counter()).op.op], ['Buns', 'k2'])
  assert.deepEqual(opsOf(lost), [['correct', 'Rolls', 'Buns']])
  const later = receive(own({ text: 'Buns, warm' }), row('a', { text: 'Rolls', revision: 3, seq: 3, corrections: made.slice(0, 1) }))
  assert.deepEqual(opsOf(later), [['correct', 'Rolls', 'Buns'], ['set', 'Buns', 'Buns, warm']])
  assert.equal(shown(later).text, 'Buns, warm')
  const typed = change(change(later, { text: 'Buns, hot' }), { text: 'Buns, hot and sweet', kind: 'idea' })
  assert.equal(shown(typed).text, 'Buns, hot and sweet')
  assert.deepEqual(opsOf(typed).slice(1), [['correct', 'Rolls', 'Buns'], ['set', 'Buns', 'Buns, hot and sweet']])
})

test('a note that a restored server has forgotten comes as it was written, then its corrections', () => {
  const made = [correction('k1', 'Bread', 'Rolls'), correction('k2', 'Rolls', 'Buns')]
  const whole = offerAgain(doubt(note({ text: 'Buns', corrections: made }), 'e2'))
  assert.deepEqual([shown(whole).text, opsOf(whole)], [
    'Buns', [['set', undefined, 'Bread'], ['correct', 'Bread', 'Rolls'], ['correct', 'Rolls', 'Buns']],
  ])
})

test('a correction in flight that a restored server refuses is offered again with the note', () => {
  const { note: sent, op } = freeze(correct(note(), 'Rolls'), counter())
  const again = takeAck(sent, { op: op.op, status: 'refused', code: 'unknown_note', sentence: '', note: null })
  assert.deepEqual(opsOf(again), [['set', undefined, 'Bread'], ['correct', 'Bread', 'Rolls']])
})
