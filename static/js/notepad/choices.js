// Groups of choices: kinds, themes, rating. Real radio buttons, so arrow keys and screen readers work.
import { h, icon, svg } from '../shared/dom.js'

export const KIND_ICONS = {
  habit: 'repeat-2', experience: 'footprints', idea: 'lightbulb', concern: 'triangle-alert',
  question: 'circle-question-mark', quote: 'quote',
}
export const RATINGS = [1, 2, 3, 4, 5]

/** The scale a session rates with; a kit from before there were several has none. */
export const scaleOf = (session) => session?.scale ?? 'frequency'
/** What an answer is called on it. */
export const ratingWord = (app, session, value) => app.words.say(`rating_${scaleOf(session)}_${value}`)
/** What the table is asked, as the label of a choice that may stay empty. */
export const ratingLegend = (app, session) =>
  app.words.say('rating_optional', { question: app.words.say(`asked_${scaleOf(session)}`) })

/** `count` seats in a row of `of`, the first ones taken; a sentence beside them gives the value. */
export function seats(count, of = count) {
  const width = 22
  const drawing = svg('svg', { class: 'seats', viewBox: `0 0 ${of * width} 14`, 'aria-hidden': 'true' })
  for (let at = 0; at < of; at += 1) {
    drawing.append(svg('path', {
      class: at < count ? 'seat taken' : 'seat', transform: `translate(${at * width + 2} 1)`, d: 'M0 11V9a9 8 0 0 1 18 0v2z',
    }))
  }
  return drawing
}

/**
 * @param {object} parts
 * @param {string} parts.legend
 * @param {string} parts.name   of the radio group, unique in the page
 * @param {{value: any, label: string, mark?: Node, className?: string}[]} parts.options
 * @param {(value: any) => void} parts.onPick
 * @param {boolean} [parts.mayBeNone]  choosing the chosen one again takes it back
 */
export function choices({ legend, name, options, onPick, mayBeNone = false, className = '', isLegendShown = false }) {
  const inputs = new Map()
  const title = h('legend', { class: isLegendShown ? '' : 'unseen' }, legend)
  const labels = options.map(({ value, label, mark, className: extra = '' }) => {
    const input = h('input', { type: 'radio', name, value })
    inputs.set(value, input)
    let wasChecked = false
    const text = h('label', { class: `choice ${extra}` }, input, mark, h('span', {}, label))
    text.addEventListener('pointerdown', () => { wasChecked = input.checked })
    input.addEventListener('change', () => onPick(value))
    input.addEventListener('click', () => {
      if (mayBeNone && wasChecked) {
        input.checked = false
        onPick(null)
      }
      wasChecked = false
    })
    return text
  })
  const element = h('fieldset', { class: `choices ${className}` },
    title, ...labels)
  return {
    element,
    /** Call the choices otherwise: `word` tells how each value is called now. */
    call: (words, word) => {
      if (title.textContent === words) return
      title.textContent = words
      inputs.forEach((input, own) => { input.closest('label').lastElementChild.textContent = word(own) })
    },
    set: (value) => inputs.forEach((input, own) => { input.checked = own === value }),
    /** Show only these values: what the session at hand offers. */
    offer: (values) => inputs.forEach((input, own) => { input.closest('label').hidden = !values.includes(own) }),
  }
}

/** The three groups of a note, for composer and editor alike. `lead` keeps the names of two forms apart. */
export function noteChoices(app, lead, onPick) {
  const { say } = app.words
  const kind = choices({
    legend: say('kind'), name: `${lead}-kind`, className: 'kinds', onPick: (value) => onPick('kind', value),
    options: app.kit.kinds.map((value) => ({ value, label: say(`kind_${value}`), mark: icon(KIND_ICONS[value]) })),
  })
  const theme = choices({
    legend: say('theme'), name: `${lead}-theme`, className: 'themes', mayBeNone: true,
    onPick: (value) => onPick('theme', value),
    options: app.kit.themes.map(({ id, short, slot, icon: mark }) => ({
      value: id, label: short, mark: icon(mark), className: `theme-${slot}`,
    })),
  })
  const rating = choices({
    legend: ratingLegend(app, app.session), name: `${lead}-rating`, className: 'ratings', mayBeNone: true, isLegendShown: true,
    onPick: (value) => onPick('rating', value),
    options: RATINGS.map((value) => ({ value, label: ratingWord(app, app.session, value), mark: seats(value) })),
  })
  return { kind, theme, rating }
}
