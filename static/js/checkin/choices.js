// What a person has to decide: a seat given twice, a place given up meanwhile, one more than there are places.
import { needsPerson } from './arrivals.js'
import { h, icon, show } from '../shared/dom.js'

/** What can be answered to each choice. `over` needs a reason, and somebody who may. */
const ANSWERS = {
  here_already: ['same', 'other'],
  gave_up: ['take', 'leave'],
  waiting: ['over', 'leave'],
  full: ['over', 'wait', 'leave'],
}
const FOR_REFUSED = ['again', 'leave']

/** @param {object} app */
export function createChoices(app) {
  const { say } = app.words
  const element = h('section', { class: 'choices', 'aria-labelledby': 'choices-title' })

  function reasonForm(thing) {
    const field = h('input', { id: `reason-${thing.id}`, type: 'text', maxlength: 200, required: true, autocomplete: 'off' })
    const send = (event) => {
      event.preventDefault()
      if (field.value.trim()) app.decide(thing, { place: 'over', reason: field.value.trim() })
    }
    return h('form', { class: 'reason', onsubmit: send }, h('label', { for: field.id }, say('reason')), field,
      h('button', { class: 'button' }, say('choice_over')))
  }

  const ACTS = {
    same: (thing) => app.decide(thing, null),
    other: (thing) => app.startWalkIn(thing),
    take: (thing) => app.decide(thing, { place: 'take' }),
    wait: (thing) => app.decide(thing, { place: 'wait' }),
    leave: (thing) => app.decide(thing, null),
    again: (thing) => app.decide(thing, {}),
  }

  function answer(name, thing) {
    if (name !== 'over') return h('button', { type: 'button', class: 'button', onclick: () => ACTS[name](thing) }, say(`choice_${name}`))
    return app.list.me.may_exceed ? reasonForm(thing) : h('p', { class: 'quiet' }, say('ask_an_organiser'))
  }

  function card(thing) {
    const { name, ack } = thing
    const answers = thing.state === 'asked' ? ANSWERS[ack.code] ?? ['leave'] : FOR_REFUSED
    return h('li', { class: 'choice', 'aria-label': name }, h('p', {}, h('strong', {}, name), ' ', ack.sentence),
      h('div', { class: 'buttons' }, answers.map((one) => answer(one, thing))))
  }

  return {
    element,
    render() {
      const things = app.things.filter(needsPerson)
      element.hidden = !things.length
      show(element, [things.map(({ id, state, ack }) => [id, state, ack]), app.list.me.may_exceed], () => [
        h('h2', { id: 'choices-title' }, icon('circle-question-mark'), say('needs_you', { count: things.length })),
        h('ul', {}, things.map(card)),
      ])
    },
  }
}
