// What the organiser tells this table. It stays until somebody here has read it, also over a reload and without a connection.
import { h, icon, show } from '../shared/dom.js'

/**
 * The messages still to be shown, oldest first.
 * @param {{id: string}[]} messages  of the kit
 * @param {string[]} read  ids
 */
export const unread = (messages, read) => (messages ?? []).filter(({ id }) => !read.includes(id))

/** @param {object} app */
export function createMessages(app) {
  const { say, time } = app.words
  const element = h('section', { class: 'messages', 'aria-label': say('messages'), hidden: true })
  let read = []
  const spoken = new Set()

  function close(id) {
    // Only those the kit still names are worth remembering.
    read = [...read, id].filter((one) => (app.kit.messages ?? []).some((message) => message.id === one))
    app.guard(() => app.store.keep('read', read))
    app.render()
  }

  const line = ({ id, text, at }) => h('div', { class: 'message' }, icon('message-square'),
    h('p', {}, h('strong', {}, say('message_told', { time: time(Date.parse(at)) })), ' ', text),
    h('button', { type: 'button', class: 'button quiet round', 'aria-label': `${say('close')}: ${text}`, onclick: () => close(id) }, icon('x')))

  return {
    element,
    async restore() {
      read = (await app.store.recall('read')) ?? []
      app.render()
    },
    render() {
      const shown = unread(app.kit.messages, read)
      element.hidden = !shown.length
      show(element, shown.map(({ id }) => id), () => shown.map(line))
      for (const { id, text } of shown.filter((one) => !spoken.has(one.id))) {
        spoken.add(id)
        app.announce(text)
      }
    },
  }
}
