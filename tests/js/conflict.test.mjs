// Whose text is whose on the card of a note that was written twice.
import assert from 'node:assert/strict'
import test from 'node:test'
import { sides } from '../../static/js/notepad/conflict.js'

const app = { kit: { me: { name: 'Ilaria' } } }
const note = (by, textBy, variantBy) => ({
  by, text_by: textBy, text: 'on the server', text_at: '2026-04-11T18:02:00Z', written_at: '2026-04-11T18:00:00Z',
  variants: [{ op: 'v', text: 'apart', by: variantBy, at: '2026-04-11T18:03:00Z' }],
})
const told = (...names) => {
  const { yours, theirs, other } = sides(app, note(...names))
  return [yours.text, theirs.text, other]
}

test('the card names who wrote the text as it is, not who wrote the note first', () => {
  assert.deepEqual(told('Ilaria', 'Youssef', 'Ilaria'), ['apart', 'on the server', 'Youssef'])
  assert.deepEqual(told('Youssef', 'Ilaria', 'Youssef'), ['on the server', 'apart', 'Youssef'])
})

test('two people of one name are not told apart', () => {
  assert.deepEqual(told('Ilaria', 'Ilaria', 'Ilaria'), ['apart', 'on the server', null])
})

test('the text of the server carries the time at which it was written', () => {
  assert.equal(sides(app, note('Ilaria', 'Youssef', 'Ilaria')).theirs.at, '2026-04-11T18:02:00Z')
})
