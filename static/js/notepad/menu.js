// The menu behind the three dots.
import { choices } from './choices.js'
import { h, icon } from '../shared/dom.js'

/** A language's own name: "Italiano", "English". */
function nameOf(language) {
  const name = new Intl.DisplayNames([language], { type: 'language' }).of(language)
  return name[0].toLocaleUpperCase(language) + name.slice(1)
}

/** @param {object} app */
export function createMenu(app) {
  const { say } = app.words
  const group = (key, values, labels) => choices({
    legend: say(key), name: `menu-${key}`, isLegendShown: true, className: 'row', onPick: (value) => app.setPreference(key, value),
    options: values.map((value, at) => ({ value, label: labels?.[at] ?? say(`${key}_${value}`) })),
  })
  const { languages } = app.kit.workshop
  const groups = {
    hand: group('hand', ['right', 'left']),
    size: group('size', ['normal', 'large', 'largest']),
    dark: group('dark', ['system', 'light', 'dark']),
    language: group('language', languages, languages.map(nameOf)),
  }
  groups.language.element.hidden = languages.length < 2
  const sessions = h('div', { class: 'sessions' })
  const update = h('button', { type: 'button', class: 'button yellow', hidden: true, onclick: () => app.useNewRelease() },
    icon('refresh-cw'), say('new_release'))
  const readBack = h('button', {
    type: 'button', class: 'button', onclick: () => {
      dialog.close()
      app.openReadback()
    },
  }, icon('book-open-check'), say('readback_title'))
  const file = h('input', {
    type: 'file', accept: 'application/json,.json', hidden: true,
    onchange: () => {
      dialog.close()
      if (file.files[0]) app.openCopy(file.files[0])
      file.value = ''
    },
  })
  const dialog = h('dialog', { class: 'menu', 'aria-labelledby': 'menu-title' },
    h('div', { class: 'dialog-head' }, h('h2', { id: 'menu-title' }, say('menu')),
      h('button', { type: 'button', class: 'button quiet round', 'aria-label': say('close'), onclick: () => dialog.close() }, icon('x'))),
    update, readBack, app.ready.element, sessions, Object.values(groups).map(({ element }) => element),
    h('div', { class: 'dialog-foot' },
      h('button', { type: 'button', class: 'button', onclick: () => app.saveCopy() }, icon('download'), say('save_copy')),
      h('button', { type: 'button', class: 'button', onclick: () => file.click() }, icon('copy'), say('open_copy')), file,
      h('button', { type: 'button', class: 'button', onclick: leave }, icon('log-out'), say('leave'))))

  const question = h('p', {})
  const leaving = h('dialog', { class: 'leaving', 'aria-labelledby': 'leaving-title' },
    h('h2', { id: 'leaving-title' }, say('leave_question')), question,
    h('div', { class: 'dialog-foot' },
      h('button', { type: 'button', class: 'button primary', onclick: () => leaving.close() }, say('stay')),
      h('button', { type: 'button', class: 'button', onclick: () => app.leave() }, say('leave_anyway'))))

  function leave() {
    dialog.close()
    const { unsent, isDraft } = app.leftBehind()
    if (!unsent && !isDraft) return app.leave()
    const facts = [unsent && say('leaving_unsent', { count: unsent }), isDraft && say('leaving_draft')]
    question.textContent = [...facts, say('leaving_kept')].filter(Boolean).join(' ')
    return leaving.showModal()
  }

  function sessionChoice() {
    const known = app.kit.sessions
    if (known.length < 2) return []
    const chosen = choices({
      legend: say('session'), name: 'menu-session', isLegendShown: true, className: 'row', onPick: (value) => app.chooseSession(value),
      options: known.map(({ id, number, title }) => ({ value: id, label: `${number}. ${title}` })),
    })
    chosen.set(app.session?.id)
    return [chosen.element]
  }

  return {
    elements: [dialog, leaving],
    open() {
      for (const key of ['hand', 'size', 'dark']) groups[key].set(app.preferences[key])
      groups.language.set(app.noteLanguage())
      sessions.replaceChildren(...sessionChoice())
      dialog.showModal()
      app.ready.check()
    },
    showUpdate: () => { update.hidden = false },
  }
}
