// Which notes are offered as the same, and how a link travels.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { blank, change, freeze, isUnsent } from '../../static/js/notepad/outbox.js'
import { sameAs } from '../../static/js/notepad/same.js'

const note = (id, text, same_as = null) => ({ id, text, same_as })
const BREAD = note('bread', 'The bakery leaves bread at seven')
const KEY = note('key', 'The courtyard key is with Signora Pina')
const BREADS = note('breads', 'In Via Bessarione the bakery leaves its breads behind')

test('notes that share words are offered, the likest first, and three at most', () => {
  assert.deepEqual(sameAs('bakery leaves bread', [KEY, BREADS, BREAD]), ['bread', 'breads'])
  const many = Array.from({ length: 9 }, (_, at) => note(`n${at}`, 'bakery leaves bread'))
  assert.equal(sameAs('bakery leaves bread', many).length, 3)
})

test('one word in common, or short words only, are no likeness', () => {
  assert.deepEqual(sameAs('the bakery is on the way', [BREAD, KEY]), [])
})

test('accents and endings make no difference', () => {
  assert.deepEqual(sameAs('perché il condominio litiga', [note('n', 'Perche i condomini litigano')]), ['n'])
})

test('what is offered keeps its place while one writes on', () => {
  assert.deepEqual(sameAs('bakery leaves bread', [BREAD, BREADS], { offered: ['breads'] }), ['breads', 'bread'])
})

test('neither the note itself nor one that leads back to it is offered', () => {
  const notes = [BREAD, note('again', 'bakery leaves bread', 'bread'), note('third', 'bakery leaves bread', 'again')]
  assert.deepEqual(sameAs('bakery leaves bread', notes, { id: 'bread' }), [])
})

test('a link waits for the note it names, and holds the words up no moment', () => {
  const fresh = change(blank('n2', 'now'), { session: 's1', kind: 'habit', text: 'again', same_as: 'n1' })
  const { note: created, op } = freeze(fresh, () => 'op-1', { isOnServer: () => false })
  assert.deepEqual(op.set, { session: { to: 's1' }, kind: { to: 'habit' }, text: { to: 'again' } })
  assert.deepEqual([created.local, isUnsent(created)], [{ same_as: { to: 'n1' } }, true])
  assert.deepEqual(freeze(fresh, () => 'op-1', { isOnServer: () => true }).op.set.same_as, { to: 'n1' })
})
