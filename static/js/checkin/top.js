// The bar: how many are here, and whether what was done is sent.
import { h, icon, show } from '../shared/dom.js'

/** One sentence under the bar: `[look, sentence, word of a button, its act]`, or null. */
function sentenceOf(app) {
  const { state, words: { say, time } } = app
  const unsent = app.unsent()
  if (state.isTaken) return ['bad', say('other_tab'), 'load_again', () => location.reload()]
  if (state.trouble) return ['bad', say(`storage_${state.trouble}`)]
  if (state.link === 'signin') return ['waiting', say('sign_in', { count: unsent }), 'sign_in_again', () => location.assign(location.pathname)]
  if (state.link === 'other') return ['waiting', say('somebody_else'), 'load_again', () => location.reload()]
  if (state.link === 'gone') return ['waiting', say('not_your_door', { count: unsent })]
  if (state.link === 'bad') return ['bad', state.sentence]
  if (app.isApart()) return ['waiting', say('apart', { time: time(state.since ?? app.now()), count: unsent }), 'try_now', app.tryNow]
  if (app.hasNewRelease()) return ['good', say('new_release'), 'use_release', app.useNewRelease]
  return null
}

/** @param {object} app */
export function createTop(app) {
  const { say } = app.words
  const bar = document.getElementById('bar')
  const banner = document.getElementById('banner')
  const count = h('p', { class: 'count' })
  const pill = h('p', { class: 'pill', role: 'status' })
  const menu = h('section', { class: 'leaving', 'aria-label': say('sign_out') })
  let isAsking = false

  const press = () => {
    isAsking = app.unsent() > 0
    if (!isAsking) return app.leave()
    return render()
  }
  const out = h('button', { type: 'button', class: 'round', 'aria-label': say('sign_out'), onclick: press }, icon('log-out'))
  bar.replaceChildren(
    h('a', { class: 'round', href: '/desk/', 'aria-label': say('other_workshop') }, icon('chevron-left')),
    h('div', { class: 'names' }, h('h1', {}, say('check_in')), h('p', {}, app.list.workshop.title)), count, pill, out)
  banner.after(menu)

  function pillWord() {
    const [unsent, needs] = [app.unsent(), app.needs()]
    if (needs) return ['needs', 'circle-question-mark', say('needs_you', { count: needs })]
    if (!unsent) return ['saved', 'circle-check', say('all_saved')]
    return app.isOnItsWay() ? ['sending', 'send', say('sending', { count: unsent })] : ['here', 'tablet', say('on_phone', { count: unsent })]
  }

  function render() {
    const { here, all } = app.count()
    show(count, [here, all], () => [h('b', {}, String(here)), ' ', say('of_all', { count: all })])
    const [look, mark, word] = pillWord()
    pill.className = `pill ${look}`
    show(pill, word, () => [icon(mark), h('span', {}, word)])
    const sentence = sentenceOf(app)
    const [kind, text, button, act] = sentence ?? ['none']
    banner.className = `banner ${kind}`
    banner.hidden = !sentence
    show(banner, [kind, text], () => (sentence ? [icon(kind === 'good' ? 'info' : 'wifi-off'), h('p', {}, text),
      button && h('button', { type: 'button', class: 'button', onclick: act }, say(button))] : []))
    renderLeaving()
  }

  function renderLeaving() {
    menu.hidden = !isAsking
    show(menu, [isAsking, app.unsent()], () => (isAsking ? [
      h('p', {}, say('leaving_unsent', { count: app.unsent() })),
      h('div', { class: 'buttons' },
        h('button', { type: 'button', class: 'button primary', onclick: () => { isAsking = false; render() } }, say('stay')),
        h('button', { type: 'button', class: 'button', onclick: app.leave }, say('leave_anyway')))] : []))
  }

  return { render }
}
