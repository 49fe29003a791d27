// The rating round: how many people of the table gave each answer about the initiative at hand.
import { ratingWord, scaleOf, seats } from './choices.js'
import { ANSWERS, answered, countsOf, tallyId } from './counting.js'
import { h, icon } from '../shared/dom.js'

/** @param {object} app */
export function createTally(app) {
  const { say } = app.words
  const counts = ANSWERS.map(() => h('span', { class: 'tally-count' }))
  const total = h('p', { class: 'tally-total' })
  const reason = h('p', { class: 'missing', hidden: true })
  const title = h('h2', { id: 'tally-title' })
  const answers = h('div', { class: 'tally-answers' })
  const element = h('section', { class: 'tally', 'aria-labelledby': 'tally-title' },
    h('div', { class: 'tally-head' }, title, total), answers, reason)
  let scale = '' // whose words stand there

  function answerOf(answer, at) {
    const label = ratingWord(app, app.session, answer)
    const button = (add, name, mark) => h('button', {
      type: 'button', class: 'tally-step', 'aria-label': say(name, { answer: label }), onclick: () => step(answer, add),
    }, icon(mark))
    return h('div', { class: 'tally-answer', role: 'group', 'aria-label': label },
      h('p', { 'aria-hidden': 'true' }, seats(answer), label),
      h('div', { class: 'tally-steps' }, button(-1, 'tally_fewer', 'minus'), counts[at], button(1, 'tally_more', 'plus')))
  }

  function speak() {
    if (scale === scaleOf(app.session)) return
    scale = scaleOf(app.session)
    title.textContent = say(`asked_${scale}`)
    answers.replaceChildren(...ANSWERS.map(answerOf))
  }

  const tally = () => app.tallies.get(tallyId(app.session?.id, app.prompt?.initiative))
  let missing = '' // why the last press counted nothing

  function refuse(words) {
    missing = words
    app.announce(words)
    app.render()
  }

  const sentence = () => say('tally_answered', { count: answered(tally()), people: app.people })

  async function step(answer, add) {
    const of = tally()
    if (add > 0 && answered(of) >= app.people) return refuse(say('tally_full', { count: app.people }))
    if (add < 0 && countsOf(of)[answer - 1] === 0) return refuse(say('tally_none'))
    missing = ''
    await app.countAnswer(answer, add)
    return app.announce(`${ratingWord(app, app.session, answer)}: ${countsOf(tally())[answer - 1]}. ${sentence()}`)
  }

  return {
    element,
    render() {
      element.hidden = !app.session?.rates || !app.prompt?.initiative || app.ui.mode === 'dots'
      if (element.hidden) return
      speak()
      const own = tally()
      countsOf(own).forEach((count, at) => { counts[at].textContent = String(count) })
      const left = app.people - answered(own)
      total.textContent = left > 0 ? `${sentence()} · ${say('tally_left', { count: left })}` : sentence()
      reason.textContent = own?.refused ? say('not_sent', { sentence: own.refused }) : missing
      reason.hidden = !reason.textContent
    },
  }
}
