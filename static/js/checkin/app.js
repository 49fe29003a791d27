// Ties the parts of the check-in page together: what is known, what happens, and which parts draw it.
import { fresh, findCode, isCode, isUnsent, needsPerson, shownPeople, decided, takeBack } from './arrivals.js'
import { createCamera } from './camera.js'
import { createChoices } from './choices.js'
import { createPeople } from './people.js'
import { createResult } from './result.js'
import { createSync } from './sync.js'
import { createTop } from './top.js'
import { h, icon, newId } from '../shared/dom.js'
import { troubleOf } from '../shared/database.js'

const LIST_EVERY_MS = 10_000
const FAILURES_TO_BE_APART = 2

const underLock = (name, work) => (navigator.locks ? navigator.locks.request(name, work) : work())

/**
 * @param {{workshop: string, list: object, known: object, net: object, store: object, words: object, explain: Function}} parts
 */
export function createApp({ workshop, list: firstList, known, net, store, words, explain }) {
  const { say, time, lang } = words
  const { key } = firstList.me
  const state = { link: 'unknown', failures: 0, since: null, sentence: '', trouble: null, isTaken: false, isLeaving: false, isSending: false, result: null, camera: 'off' }
  const channel = new BroadcastChannel(store.name)
  let skew = 0 // the server's clock minus ours, in milliseconds
  let views = []
  let frame = null
  let useNewRelease = null
  let takesPlaceOf = null // the choice that ends when the name of somebody else is added

  const app = {
    words, state, list: firstList, things: [], people: new Map(),
    now: () => new Date(Date.now() + skew).toISOString(),
    shown: () => [...app.people.values()],
    tableOf: (person) => app.list.tables.find(({ id }) => id === person.table) ?? null,
    seatedAt: (table) => app.shown().filter((one) => one.table === table.id).length,
    count: () => ({
      here: app.shown().filter(({ arrival }) => arrival).length,
      all: app.shown().filter(({ state: own }) => own === 'confirmed').length,
    }),
    unsent: () => app.things.filter(isUnsent).length,
    needs: () => app.things.filter(needsPerson).length,
    isApart: () => !navigator.onLine || (['offline', 'unreadable'].includes(state.link) && state.failures >= FAILURES_TO_BE_APART),
    isOnItsWay: () => navigator.onLine && (state.isSending || (state.link === 'online' && !sync.isFailing())),

    /** Tick somebody from the list, by code or by scan. Nothing is shown as done before it is on this phone. */
    async tick(person) {
      if (person.arrival) return tell({ kind: 'already', id: person.id, name: person.name, line: say('already', { time: time(person.since) }) })
      if (person.state === 'waiting') return ask(person)
      const op = { op: newId(), do: 'here', registration: person.id, at: app.now() }
      return await keep(op, person.name) && welcome(op, person.name)
    },
    async undo(person) {
      const isDone = await change((things) => takeBack(person, things), person.name)
      if (isDone) tell(state.result?.id === person.id ? null : state.result)
    },
    /** Somebody without a place; the id is made here. Returns whether they are on this phone. */
    async addWalkIn(name, audience) {
      const op = { op: newId(), do: 'walk_in', registration: newId(), at: app.now(), name, ...(audience && { audience }) }
      const isKept = await keep(op, name, takesPlaceOf)
      if (isKept) welcome(op, name)
      takesPlaceOf = null
      return isKept
    },
    startWalkIn(thing) {
      takesPlaceOf = thing.id
      app.list_.askForName()
    },
    /** @param {Parameters<typeof decided>[1]} decision */
    async decide(thing, decision) {
      await guard(() => store.transact(async (tx) => {
        const next = decided(thing, decision, newId)
        tx.remove(thing.id)
        if (next) tx.put(next)
      }))
      sync.kick(0)
    },
    /** A code, or the name of the only one found. Returns whether somebody was meant. */
    async submit(typed, found) {
      if (isCode(typed)) return hearCode(typed)
      if (!typed.trim() || found.length !== 1) return false
      await app.tick(found[0])
      return true
    },
    tryNow: () => Promise.all([sync.send(), sync.pull()]),
    async scan() {
      if (camera.isOn()) {
        camera.stop()
        state.camera = 'off'
      } else {
        state.camera = 'starting'
        app.render()
        state.camera = await camera.start() ? 'on' : 'none'
      }
      app.render()
    },
    /** Leave this phone to the next one. What is sent goes; what is not stays, closed, for whoever wrote it. */
    async leave() {
      if (app.isOnItsWay()) await sync.send()
      stop()
      await known.leave(workshop)
      const isHeard = await net.signOut().then(() => true, () => false)
      channel.postMessage('left')
      if (!app.unsent()) await erase()
      if (isHeard) location.assign('/desk/')
      else location.reload()
    },
    offerRelease(useIt) {
      useNewRelease = useIt
      app.render()
    },
    hasNewRelease: () => useNewRelease !== null,
    useNewRelease: () => useNewRelease(),
    render() {
      frame ??= requestAnimationFrame(() => {
        frame = null
        for (const view of views) view.render()
      })
    },
  }

  async function guard(work) {
    try {
      await work()
      return true
    } catch (error) {
      if (!troubleOf(error)) throw error
      return false
    }
  }

  /** No name of this desk stays on the phone. */
  async function erase() {
    await store.erase()
    if (!(await known.recall(workshop))?.earlier.length) await known.forget(workshop)
  }

  function stop() {
    state.isLeaving = true
    camera.stop()
  }

  function tell(result) {
    state.result = result
    app.render()
  }

  /** Everything is in the store by now, and the page shows it. */
  function welcome(op, name) {
    navigator.vibrate?.(60)
    tell({ kind: 'here', id: op.registration, name, line: say('checked_in', { time: time(op.at) }) })
    return true
  }

  /** Keep what `work(things)` makes of the phone's things: an op without id to add, or the id of a thing to remove. */
  const change = (work, name) => guard(async () => {
    await store.transact(async (tx) => {
      const { remove, add } = work(await tx.all())
      if (remove) tx.remove(remove)
      if (add) await put(tx, { op: newId(), at: app.now(), ...add }, name)
    })
    sync.kick(0)
  })

  async function put(tx, op, name, more = {}) {
    const no = ((await tx.recall('no')) ?? 0) + 1
    tx.keep('no', no)
    tx.put({ ...fresh(op, no, name), ...more })
  }

  /** Keep one op; `ends` is a choice that it decides. Returns whether it is on this phone. */
  async function keep(op, name, ends = null) {
    const isKept = await guard(() => store.transact(async (tx) => {
      if (ends) tx.remove(ends)
      await put(tx, op, name)
    }))
    if (isKept) sync.kick(0)
    return isKept
  }

  /** Whoever has no place is a question for a person, whether or not there is a connection. */
  async function ask(person) {
    const sentence = say('is_waiting')
    const op = { op: newId(), do: 'here', registration: person.id, at: app.now() }
    const isAsked = app.things.some((thing) => thing.op.registration === person.id && needsPerson(thing))
    const ack = { op: op.op, status: 'choice', code: 'waiting', sentence, person: null }
    if (!isAsked) await guard(() => store.transact((tx) => put(tx, op, person.name, { state: 'asked', ack })))
    tell({ kind: 'not', name: person.name, line: sentence })
    return true
  }

  async function hearCode(text) {
    const found = isCode(text) ? findCode(text, app.shown(), app.list.elsewhere) : null
    if (found?.person) await app.tick(found.person)
    else if (found) tell({ kind: 'not', line: say('other_day', { day: words.day(found.elsewhere) }) })
    else tell({ kind: 'not', line: say(isCode(text) ? 'unknown_code' : 'no_ticket'), rest: say('look_by_name') })
    return Boolean(found)
  }

  function takeLink({ link, sentence }) {
    if (link === 'online') Object.assign(state, { link, failures: 0, since: null })
    else {
      state.since ??= app.now()
      state.failures += 1
      Object.assign(state, { link, sentence: sentence ?? state.sentence })
    }
    if (link === 'gone' || link === 'signin') state.failures = 0
  }

  /** What was said to be done a moment ago, and was not: somebody has to decide. */
  function correctResult(acks) {
    const asked = acks.filter(({ status }) => status === 'choice' || status === 'refused')
    const own = asked.find((ack) => app.things.some(({ id, op }) => id === ack.op && op.registration === state.result?.id))
    if (own) tell({ kind: 'not', name: state.result.name, line: own.sentence })
  }

  function report(news) {
    if ('sending' in news) state.isSending = news.sending > 0 && !sync.isFailing()
    if (news.link) takeLink(news)
    if (news.serverTime) skew = Date.parse(news.serverTime) - Date.now()
    if (news.acks) correctResult(news.acks)
    if (news.list || news.acks) readBack().then(wipe)
    app.render()
  }

  const sync = createSync({
    net: { list: net.list, push: (ops) => net.push(ops, key) }, store, key, report,
    maySend: () => !state.isLeaving, lock: (work) => underLock(`${store.name}:push`, work), sentenceOf: (code) => say(`op_${code}`),
  })

  /** The page shows what the store holds. */
  async function readBack() {
    if (state.isLeaving) return
    await guard(async () => {
      app.things = await store.all()
      app.list = (await store.recall('list')) ?? app.list
    })
    app.people = new Map(shownPeople(app.list.people, app.things, lang).map((person) => [person.id, person]))
    app.render()
  }

  /** The workshop is over and all is sent: no name stays on this phone. */
  async function wipe() {
    if (state.isLeaving || !app.list.workshop.is_over || app.things.some(isUnsent)) return
    stop()
    await erase()
    explain('desk_over')
  }

  const video = h('video', { muted: true, playsinline: true, 'aria-hidden': 'true' })
  const camera = createCamera({ video, hear: hearCode })

  function createScan() {
    const button = h('button', { type: 'button', class: 'button', onclick: app.scan })
    const word = h('p', { role: 'status' })
    const element = h('section', { class: 'scan', 'aria-label': say('camera') }, video, h('span', { class: 'frame', 'aria-hidden': 'true' }), word, button)
    return {
      element,
      render() {
        element.dataset.state = state.camera
        button.replaceChildren(icon(state.camera === 'on' ? 'x' : 'camera'), say(state.camera === 'on' ? 'stop_scanning' : 'scan'))
        word.textContent = state.camera === 'none' ? say('no_camera') : ''
      },
    }
  }

  store.onTaken(() => {
    state.isTaken = true
    document.getElementById('desk').inert = true // what is done now could not be kept
    app.render()
  })
  store.onTrouble((trouble) => {
    state.trouble = trouble
    app.render()
  })
  store.onChange(async () => {
    await readBack()
    channel.postMessage('changed')
  })
  channel.addEventListener('message', ({ data }) => (data === 'left' ? location.assign('/desk/') : readBack()))

  function watchPage() {
    const wake = () => document.visibilityState === 'visible' && app.tryNow()
    for (const event of ['online', 'focus']) window.addEventListener(event, wake)
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'hidden' && camera.isOn()) app.scan() // the light goes off with the page
      wake()
    })
    window.addEventListener('offline', () => { takeLink({ link: 'offline' }); app.render() })
    window.addEventListener('beforeunload', (event) => {
      if (app.unsent() && !state.isLeaving) event.preventDefault()
    })
    setInterval(() => document.visibilityState === 'visible' && sync.pull(), LIST_EVERY_MS)
  }

  /** Draw what the phone holds, then ask the server. */
  app.start = async () => {
    words.useZone(app.list.workshop.zone)
    app.list_ = createPeople(app)
    const [top, scan, result, choices] = [createTop(app), createScan(), createResult(app), createChoices(app)]
    views = [top, scan, result, choices, app.list_]
    document.getElementById('desk').replaceChildren(
      h('div', { class: 'now' }, scan.element, result.element), h('div', { class: 'lists' }, choices.element, ...app.list_.elements))
    await readBack()
    watchPage()
    if (matchMedia('(pointer: fine)').matches) app.list_.focus()
    await app.tryNow()
  }

  return app
}
