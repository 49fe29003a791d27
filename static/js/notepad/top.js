// The bar on top: which table, how long still, is everything saved, who writes.
import { h, icon, initials, show } from '../shared/dom.js'
import { tableDrawing } from '../shared/table.js'

const SPOKEN_MINUTES = [10, 5, 1]
const LAST_MINUTES = 5

/** Who sits here: I first, then the others; dashed while their notes cannot reach us. */
function people(app) {
  const { say } = app.words
  const { me, group } = app.kit
  const isMe = ({ name }) => name === me.name || name.split(' ')[0] === me.name
  const mine = group.moderators.find(isMe) ?? { name: me.name }
  return [mine, ...group.moderators.filter((one) => one !== mine)].map((one) => {
    const first = one.name.split(' ')[0]
    const writes = app.isWriting(first)
    const state = isMe(one) ? 'me' : app.isApart() ? 'away' : 'other'
    const sentence = isMe(one) ? say('person_you', { name: one.name })
      : app.isApart() ? say('person_away', { name: one.name }) : writes ? say('is_writing', { name: first }) : one.name
    return h('li', { class: `initials ${state} ${writes ? 'writes' : ''}` },
      h('span', { 'aria-hidden': 'true' }, initials(one.name)), h('span', { class: 'unseen' }, sentence))
  })
}

/** The clock of the session: seconds left by the server's end time, or null when there is nothing to count. */
export function secondsLeft(session, now) {
  if (session?.state !== 'open' || !session.ends_at) return null
  return Math.max(0, Math.round((Date.parse(session.ends_at) - now) / 1000))
}

const twoDigits = (number) => String(number).padStart(2, '0')

/** The pill: its state, words and icon. */
function pillOf(app) {
  const { say } = app.words
  const { needs, unsent } = app.counts()
  if (app.state.link === 'signin') return ['needs', say('sign_in_again'), 'lock']
  if (app.state.trouble || ['gone', 'bad', 'other'].includes(app.state.link)) return ['needs', say('needs_you_now'), 'cloud-alert']
  if (needs) return ['needs', say('notes_need_you', { count: needs }), 'git-compare']
  if (unsent && !app.isOnItsWay()) return ['here', say('on_this_tablet', { count: unsent }), 'tablet']
  if (unsent) return ['sending', say('sending', { count: unsent }), 'loader-circle']
  return ['saved', say('all_saved'), 'circle-check']
}

/** @param {object} app */
export function createTop(app) {
  const { say, time } = app.words
  const title = document.querySelector('h1')
  const drawing = h('div', { class: 'drawing' })
  const line = h('p', { class: 'session-line' })
  const digits = h('span', { class: 'digits', role: 'timer', 'aria-live': 'off' })
  const under = h('span', { class: 'under' })
  const bar = h('progress', { class: 'time-bar', 'aria-hidden': 'true' })
  const pill = h('button', { type: 'button', class: 'pill', 'aria-haspopup': 'dialog', onclick: () => app.openSheet() })
  const crew = h('ul', { class: 'crew', 'aria-label': say('who_writes') })
  const menu = h('button', { type: 'button', class: 'round menu-button', 'aria-haspopup': 'dialog', 'aria-label': say('menu'), onclick: () => app.openMenu() },
    icon('ellipsis-vertical'))
  document.getElementById('bar').replaceChildren(
    drawing, h('div', { class: 'names' }, title, line), h('p', { class: 'clock' }, digits, under),
    h('div', { class: 'bar-end' }, pill, crew, menu), bar)
  let spokenFor = null

  function speakMinutes(left) {
    const minutes = SPOKEN_MINUTES.find((own) => left > (own - 1) * 60 + 30 && left <= own * 60)
    const key = minutes && `${app.session.id} ${app.session.ends_at} ${minutes}`
    if (!key || key === spokenFor) return
    spokenFor = key
    app.announce(say('minutes_left', { count: minutes }))
  }

  function tick() {
    const { session } = app
    const left = secondsLeft(session, app.nowMs())
    const isLast = left !== null && left > 0 && left <= LAST_MINUTES * 60
    digits.parentElement.classList.toggle('last', isLast)
    bar.hidden = left === null
    if (left === null) {
      digits.textContent = ''
      under.textContent = session?.state === 'closed' ? say('session_closed')
        : session?.starts_at ? say('starts_at', { time: time(session.starts_at) }) : ''
      return
    }
    digits.textContent = `${Math.floor(left / 60)}:${twoDigits(left % 60)}`
    const next = isLast && session.dots_per_person > 0 ? 'time_for_dots' : 'left_until'
    under.textContent = left === 0 ? say('time_is_up') : say(next, { time: time(session.ends_at) })
    bar.max = session.minutes * 60
    bar.value = left
    speakMinutes(left)
  }

  setInterval(tick, 1000)

  return {
    render() {
      const { kit, session } = app
      title.textContent = say('table_name', { name: kit.group.name })
      document.title = `${title.textContent} · Tavolo`
      line.textContent = session
        ? say('session_line', { number: session.number, total: kit.sessions.length, title: session.title }) : say('no_session')
      const ends = kit.group.moderators.length > 1 ? ['mine', 'sat'] : ['mine']
      show(drawing, [kit.group.seats, app.people, ends], () => [tableDrawing({ ...kit.group, people: app.people }, ends)])
      const [state, words, mark] = pillOf(app)
      pill.className = `pill ${state}`
      show(pill, [state, words], () => [icon(mark), h('span', {}, words)])
      show(crew, [kit.me, kit.group.moderators, app.isApart(), kit.group.moderators.map(({ name }) => app.isWriting(name.split(' ')[0]))],
        () => people(app))
      tick()
    },
    focusPill: () => pill.focus(),
  }
}
