// The list: who is still to come, who is here, and somebody without a place.
import { h, icon, show } from '../shared/dom.js'
import { findName } from './arrivals.js'

/** @param {object} app */
export function createPeople(app) {
  const { say, time } = app.words
  const toCome = h('section', { 'aria-labelledby': 'to-come' })
  const here = h('section', { 'aria-labelledby': 'here' })
  const search = h('input', {
    id: 'search', type: 'search', autocomplete: 'off', autocapitalize: 'characters', spellcheck: 'false', enterkeyhint: 'go',
    'aria-label': say('search'), placeholder: say('search'), oninput: () => app.render(),
  })
  const name = h('input', { id: 'walk-in', type: 'text', maxlength: 80, autocomplete: 'off', required: true, 'aria-describedby': 'walk-in-wrong' })
  const audience = h('select', { id: 'walk-in-audience' })
  const takesPartAs = h('div', { class: 'walk-in-audience' }, h('label', { for: 'walk-in-audience' }, say('audience')), audience)
  const wrong = h('p', { id: 'walk-in-wrong', class: 'wrong' })

  const find = h('form', { class: 'find', role: 'search', onsubmit: submitSearch }, icon('search'), search)
  const walkIn = h('form', { class: 'walk-in', onsubmit: submitWalkIn, novalidate: true },
    h('h2', {}, say('walk_in')), h('label', { for: 'walk-in' }, say('name')), name, wrong, takesPartAs,
    h('button', { class: 'button primary' }, icon('user-plus'), say('add_walk_in')))

  async function submitSearch(event) {
    event.preventDefault()
    if (await app.submit(search.value, found())) search.value = ''
    app.render()
  }

  async function submitWalkIn(event) {
    event.preventDefault()
    const isNamed = Boolean(name.value.trim())
    wrong.textContent = isNamed ? '' : say('name_missing')
    name.setAttribute('aria-invalid', String(!isNamed))
    if (!isNamed) return name.focus()
    if (await app.addWalkIn(name.value.trim(), audience.value)) name.value = audience.value = ''
    return search.focus({ preventScroll: true })
  }

  const found = () => findName(search.value, app.shown())
  const where = (person) => app.tableOf(person)?.name ?? say('no_table_yet')

  /** One line; the button keeps the place of the finger when the line above goes. */
  function line(person, at) {
    const isHere = Boolean(person.arrival)
    const press = async () => {
      await (isHere ? app.undo(person) : app.tick(person))
      focusNear(isHere ? here : toCome, at)
    }
    const mark = person.isUnsent ? h('span', { class: 'only-here' }, icon('tablet'), say('on_this_phone')) : null
    return h('li', { class: 'line' },
      h('div', {}, h('strong', {}, person.name), h('p', {}, isHere ? `${say('since', { time: time(person.since) })}, ${where(person)}` : where(person), mark)),
      h('button', {
        type: 'button', class: isHere ? 'button quiet' : 'button', 'aria-label': `${say(isHere ? 'not_here' : 'here')}: ${person.name}`, onclick: press,
      }, say(isHere ? 'not_here' : 'here')))
  }

  /** Where the button that was pressed is gone, the next one takes the focus. */
  function focusNear(section, at) {
    requestAnimationFrame(() => {
      if (document.activeElement !== document.body) return
      const buttons = section.querySelectorAll('.line button')
      ;(buttons[Math.min(at, buttons.length - 1)] ?? search).focus({ preventScroll: true })
    })
  }

  function list(section, id, title, people) {
    const key = people.map(({ id: who, name: called, arrival, isUnsent, table }) => [who, called, arrival, isUnsent, table])
    section.hidden = !people.length
    show(section, [title, key], () => [h('h2', { id }, title), h('ul', { class: 'lines' }, people.map(line))])
  }

  function emptyWord() {
    if (search.value.trim()) return say('nobody_called', { name: search.value.trim() })
    return app.shown().length ? say('everybody_here') : say('nobody_expected')
  }
  const empty = h('p', { class: 'empty' })

  /** What a walk-in takes part as, where places are reserved. */
  function offerAudiences() {
    const { audiences = [] } = app.list.workshop // a list kept by an earlier release names none
    takesPartAs.hidden = !audiences.length
    show(audience, audiences, () => [
      h('option', { value: '' }, say('no_audience')), ...audiences.map((one) => h('option', { value: one.id }, one.name)),
    ])
  }

  return {
    elements: [find, toCome, empty, walkIn, here],
    focus: () => search.focus({ preventScroll: true }),
    /** Somebody else has come on a ticket that is in use: only the name is missing. */
    askForName() {
      name.value = ''
      name.focus()
    },
    render() {
      offerAudiences()
      const people = found()
      const coming = people.filter(({ arrival, state }) => !arrival && state === 'confirmed')
      const waits = search.value.trim() ? people.filter(({ state }) => state === 'waiting') : []
      list(toCome, 'to-come', say('to_come', { count: coming.length }), [...coming, ...waits])
      const those = people.filter(({ arrival }) => arrival)
      list(here, 'here', say('here_count', { count: those.length }), those)
      empty.textContent = coming.length || waits.length || (search.value.trim() && those.length) ? '' : emptyWord()
      empty.hidden = !empty.textContent
    },
  }
}
