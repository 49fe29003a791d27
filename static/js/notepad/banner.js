// The one sentence under the bar: no connection, back again, or something only a person can settle.
import { h, icon, show } from '../shared/dom.js'

/** Why the tablet's storage or the server takes nothing more, with what to do; null when they do. */
export function obstacleOf(app) {
  const { say } = app.words
  const { state } = app
  const copy = ['save_copy', () => app.saveCopy()]
  if (state.isTaken) return [say('taken'), say('taken_do'), ['load_again', () => app.loadAgain()]]
  if (state.trouble === 'full') return [say('storage_full'), say('storage_full_do'), copy]
  if (state.trouble) return [say('storage_broken'), say('storage_broken_do'), copy]
  if (state.link === 'signin') return [say('signed_out'), say('notes_stay'), ['join_again', () => app.joinAgain()]]
  if (state.link === 'other') return [say('other_author'), say('notes_stay'), ['load_again', () => app.loadAgain()]]
  if (state.link === 'gone') return [say('table_gone'), say('notes_stay'), copy]
  if (state.link === 'bad') return [say('not_understood', { sentence: state.sentence ?? '' }), say('notes_stay'), copy]
  return null
}

/** What to say now: [look, icon, bold fact, what to do, button or null]; null when all is well. */
function sentenceOf(app) {
  const { say, time } = app.words
  const { state } = app
  const { unsent } = app.counts()
  const obstacle = obstacleOf(app)
  if (obstacle) return ['bad', state.link === 'signin' ? 'lock' : 'cloud-alert', ...obstacle]
  if (app.isApart()) {
    const fact = state.lastContact ? say('offline_since', { time: time(state.lastContact) }) : say('offline')
    const rest = unsent ? say('offline_notes', { count: unsent }) : say('offline_no_notes')
    return ['waiting', 'wifi-off', fact, rest, unsent ? ['see_waiting', () => app.openSheet()] : null]
  }
  const waiting = app.waitingOfOthers()
  if (waiting) return ['good', 'info', say('legacy', { count: waiting }), '', ['legacy_take', () => app.takeLegacies()]]
  if (state.held) return ['good', 'info', say('held', { count: state.held }), state.heldSentence, ['close', () => app.forget('held')]]
  const refused = [...app.tallies.values()].find((tally) => tally.refused)
  if (refused) {
    const { short = '' } = app.kit.initiatives.find(({ id }) => id === refused.initiative) ?? {}
    return ['bad', 'cloud-alert', say('tally_refused', { name: short }), refused.refused, ['close', () => app.readRefusals()]]
  }
  if (state.back && !unsent) {
    const fact = state.back.count ? say('back_with_notes', { time: time(state.back.at), count: state.back.count })
      : say('back', { time: time(state.back.at) })
    return ['good', 'wifi', fact, '', ['close', () => app.forget('back')]]
  }
  if (state.readiness) return [...state.readiness, ['close', () => app.forget('readiness')]]
  return null
}

/** @param {object} app */
export function createBanner(app) {
  const { say } = app.words
  const element = document.getElementById('banner')
  let spoken = ''

  function button(name, act) {
    if (name !== 'close') return h('button', { type: 'button', class: 'button dark', onclick: act }, say(name))
    return h('button', { type: 'button', class: 'button quiet round', 'aria-label': say('close'), onclick: act }, icon('x'))
  }

  return {
    render() {
      const sentence = sentenceOf(app)
      const [look, mark, fact, rest, act] = sentence ?? ['none']
      element.className = `banner ${look}`
      element.hidden = !sentence
      show(element, [look, fact, rest], () => (sentence
        ? [icon(mark), h('p', {}, h('strong', {}, fact), ' ', rest), act && button(...act)] : []))
      if (sentence && look !== spoken) app.announce(`${fact} ${rest}`)
      spoken = look
    },
  }
}
