import assert from 'node:assert/strict'
import { test } from 'node:test'
import { namedBy, wayOut } from '../../static/js/behaviours/drawer.js'
import { fetchPart } from '../../static/js/shared/part.js'

const NOTES = 'notes-0a1b2c3d-0000-4000-8000-000000000000'

test('an address names notes only by what details hold', () => {
  assert.deepEqual([`#${NOTES}`, '#finding-1', '#notes-', '#notes-a"]x', ''].map(namedBy), [NOTES, '', '', '', ''])
})

test('a drawer that was opened here closes as Back does, one that came with the address takes its name away', () => {
  const ways = [
    { hash: `#${NOTES}`, state: { drawer: true }, shown: NOTES },
    { hash: `#${NOTES}`, state: null, shown: NOTES },
    { hash: '', state: null, shown: NOTES },
    { hash: '#notes-others', state: { drawer: true }, shown: NOTES },
    { hash: `#${NOTES}`, state: { drawer: true }, shown: '' },
  ]
  assert.deepEqual(ways.map(wayOut), ['back', 'replace', '', '', ''])
})

test('a part of a page that is refused, that leads elsewhere or cannot be reached is none', async (t) => {
  const answers = [
    () => Promise.resolve({ ok: false }),
    () => Promise.resolve({ ok: true, redirected: true }),
    () => Promise.reject(new TypeError('no network')),
  ]
  const found = []
  for (const answer of answers) {
    t.mock.method(globalThis, 'fetch', answer)
    found.push(await fetchPart('/said/', 'section'))
  }
  assert.deepEqual(found, [null, null, null])
})
