// What became of the last tick or scan, large enough to read across a table, and said aloud.
import { h, icon, show } from '../shared/dom.js'
import { tableDrawing } from '../shared/table.js'

const LOOKS = { here: 'circle-check', already: 'info', not: 'user-x' }

/**
 * @typedef {{kind: 'here'|'already'|'not', line: string, id?: string, name?: string, rest?: string}} Result
 *   `id`: the person, shown with the table they have now
 *
 * @param {object} app
 */
export function createResult(app) {
  const { say } = app.words
  const element = h('div', { class: 'result', role: 'alert' })

  function whereabouts(person) {
    const table = app.tableOf(person)
    if (!table) return h('p', { class: 'nowhere' }, say('no_table'))
    const { seat } = person
    return h('div', { class: 'sits' }, tableDrawing({ seats: table.seats, people: app.seatedAt(table), yours: seat }, ['moderator', 'moderator']),
      h('p', {}, say('sits_at'), h('strong', {}, say('table_name', { name: table.name })),
        seat ? h('span', {}, say('seat_of', { number: seat, total: Math.max(seat, table.seats) })) : null))
  }

  return {
    element,
    render() {
      const { result } = app.state
      const person = result?.id ? app.people.get(result.id) : null
      const undo = result?.kind === 'here' && person?.arrival
        ? h('button', { type: 'button', class: 'button on-deep', onclick: () => app.undo(person) }, say('undo')) : null
      show(element, [result, person?.arrival, person?.table, person?.seat], () => (result ? [
        h('div', { class: `said ${result.kind}` },
          h('div', { class: 'said-line' }, h('p', {}, icon(LOOKS[result.kind]), result.line), undo),
          result.name ? h('h2', {}, result.name) : null,
          result.rest ? h('p', {}, result.rest) : null,
          person && result.kind !== 'not' ? whereabouts(person) : null)] : []))
    },
  }
}
