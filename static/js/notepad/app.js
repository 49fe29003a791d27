// Ties the parts of the pad together: what is known, what happens, and which parts draw it.
import { readKit } from './answers.js'
import { createBanner } from './banner.js'
import { createBoard } from './board.js'
import { createComposer } from './composer.js'
import { createCorrector } from './corrector.js'
import { copyOf, download } from './copy.js'
import { newId } from '../shared/dom.js'
import { createEditor, REST_MS } from './editor.js'
import { watchKeyboard } from './keyboard.js'
import { findLegacies, holdsWords, inherit, isOver } from './legacy.js'
import { createImports, readCopy } from './imports.js'
import { createLive } from './live.js'
import { createMenu } from './menu.js'
import { confirmNotes, isConfirmation, newestOf } from './confirming.js'
import { countAnswer, emptyTally, isTally, readRefusal, tallyId } from './counting.js'
import { createMessages } from './messages.js'
import { needsPerson, shown } from './outbox.js'
import { createReady } from './ready.js'
import { createPresence } from './presence.js'
import { createReadback } from './readback.js'
import { keepPreferences, readPreferences } from './preferences.js'
import { createSheet } from './sheet.js'
import { createStatus } from './status.js'
import { troubleOf } from './store.js'
import { createSync } from './sync.js'
import { createTalk } from './talk.js'
import { isUnsent, takeInto, thingOf } from './things.js'
import { createTop } from './top.js'

const FAILURES_TO_BE_APART = 2
const KIT_EVERY_MS = 60_000
const BACK_SHOWN_MS = 60_000

const underLock = (name, work) => (navigator.locks ? navigator.locks.request(name, work) : work())

/** The session at the tables now: the newest open one, else the last closed one, else the first. */
export function currentSession(sessions) {
  const open = sessions.filter(({ state }) => state === 'open')
  const closed = sessions.filter(({ state }) => state === 'closed')
  return open.at(-1) ?? closed.at(-1) ?? sessions[0] ?? null
}

/**
 * @param {{kit: object, known: object, net: object, store: object, words: object}} parts
 */
export function createApp({ kit, known, net, store, words }) {
  const notes = new Map()
  const tallies = new Map()
  const confirmations = new Map()
  const state = {
    link: 'unknown', failures: 0, lastContact: null, offlineCount: 0, back: null, held: 0, heldSentence: '', sentence: '',
    isStreaming: null, isFilled: false, trouble: null, isTaken: false, readiness: null, isLeaving: false, isSending: false,
    isCertain: false, legacies: [],
  }
  const ui = { mode: 'write', filter: null, session: null, prompts: {} }
  const channel = new BroadcastChannel(store.name)
  let skew = 0 // the server's clock minus ours, in milliseconds
  let views = []
  let sheet, menu, editor, corrector, readback, composer
  let frame = null
  let useNewRelease = null

  const app = {
    words, store, notes, tallies, confirmations, state, ui, newId, kit, preferences: readPreferences(), writing: null,
    nowMs: () => Date.now() + skew,
    now: () => new Date(Date.now() + skew).toISOString(),

    get session() {
      return app.kit.sessions.find(({ id }) => id === ui.session) ?? currentSession(app.kit.sessions)
    },
    get prompt() {
      const prompts = app.session?.prompts ?? []
      const wanted = (id) => prompts.find((prompt) => prompt.id === id)
      return wanted(ui.prompts[app.session?.id]) ?? wanted(app.session?.asked) ?? prompts[0] ?? null
    },
    themeOf: (note) => app.kit.themes.find(({ id }) => id === note.theme) ?? null,
    initiativeOf: (prompt) => app.kit.initiatives.find(({ id }) => id === prompt.initiative) ?? null,
    /** How many sit at the table in the session at hand. */
    get people() {
      return app.session?.people ?? app.kit.group.people
    },
    noteLanguage() {
      const { languages } = app.kit.workshop
      const wanted = [app.preferences.language, words.lang].find((own) => languages.includes(own))
      return wanted ?? languages[0] ?? words.lang
    },
    dotsLeft() {
      const given = [...notes.values()].map((own) => shown(own))
        .filter((note) => !note.deleted && note.session === app.session?.id)
        .reduce((sum, note) => sum + note.dots, 0)
      return app.people * (app.session?.dots_per_person ?? 0) - given
    },
    counts() {
      const own = [...notes.values()]
      const refused = [...confirmations.values()].filter((thing) => thing.refused.length)
      return { needs: own.filter(needsPerson).length + refused.length, unsent: [...own, ...tallies.values(), ...confirmations.values()].filter(isUnsent).length + imports.count() }
    },
    /** Whether what waits is on its way: only then may the pill say so. */
    isOnItsWay: () => navigator.onLine && (state.isSending || (state.link === 'online' && !app.sync.isFailing())),
    /** Whether our notes cannot reach the server at this moment. */
    isApart: () => !navigator.onLine || (['offline', 'unreadable'].includes(state.link) && state.failures >= FAILURES_TO_BE_APART),

    /** Storage that may fail: what is on the screen stays there, and we say so. Returns whether it went well. */
    async guard(work) {
      try {
        await work()
        return true
      } catch (error) {
        if (!troubleOf(error)) throw error
        return false
      }
    },
    /** Change one note on the tablet, then send it after `wait` milliseconds. */
    async changeNote(id, work, wait = undefined) {
      await app.guard(() => store.transact(async (tx) => {
        const note = await tx.get(id)
        const next = note && work(note)
        if (next === null) tx.remove(id)
        else if (next && next !== note) tx.put(next)
      }))
      app.sync.kick(wait)
    },

    /** Count an answer about the initiative at hand, more (1) or fewer (-1). */
    async countAnswer(answer, add) {
      const { session, prompt: { initiative } } = app
      await app.guard(() => store.transact(async (tx) => {
        const tally = (await tx.get(tallyId(session.id, initiative))) ?? emptyTally(session.id, initiative, app.now())
        const next = countAnswer(tally, { answer, add, op: newId(), at: app.now() })
        if (next !== tally) tx.put(next)
      }))
      app.sync.kick()
    },
    /** The confirmation of the session at hand that counts, if there is one. */
    confirmation: () => newestOf(confirmations.values(), app.session?.id),
    /** The table has heard `heard`, notes as they are shown. Returns whether that is kept on this tablet. */
    async confirm(heard, people) {
      const made = confirmNotes({ op: newId(), session: app.session.id, notes: heard, people, at: app.now() })
      const isKept = await app.guard(() => store.transact(async (tx) => tx.put(made)))
      app.sync.kick()
      return isKept
    },
    /** Give up a confirmation that the server refused. */
    dropConfirmation: (id) => app.guard(() => store.transact(async (tx) => tx.remove(id))),
    readRefusals: () => app.guard(() => store.transact(async (tx) => {
      for (const tally of [...tallies.values()].filter(({ refused }) => refused)) tx.put(readRefusal(await tx.get(tally.id)))
    })),

    choosePrompt(id) {
      ui.prompts = { ...ui.prompts, [app.session.id]: id }
      app.guard(() => store.keep('prompts', ui.prompts))
      app.announce(app.prompt.text)
      app.render()
    },
    chooseSession(id) {
      Object.assign(ui, { session: id, filter: null })
      app.render()
    },
    setMode(mode) {
      ui.mode = mode
      app.render()
    },
    setFilter(theme) {
      ui.filter = theme
      app.render()
    },
    setPreference(name, value) {
      app.preferences = { ...app.preferences, [name]: value }
      keepPreferences(app.preferences)
      app.render()
    },
    /** Whether a note is changed for the whole room now: its session is over, and the tables report back. */
    isCorrecting: (id) => Boolean(app.kit.workshop.report_back && app.session?.state !== 'open' && notes.get(id)?.server),
    edit: (id) => (app.isCorrecting(id) ? corrector : editor).open(id),
    openReadback: () => readback.open(),
    openSheet: () => sheet.open(),
    closeSheet: () => sheet.close(),
    openMenu: () => menu.open(),
    forget(name) {
      state[name] = name === 'held' ? 0 : null
      app.render()
    },
    tryNow() {
      app.live?.restart()
      return Promise.all([app.sync.send(), imports.send(), app.sync.pull(), fetchKit()])
    },
    /** The copy is made of what the page holds: a tablet that can write no more still hands it out. */
    async saveCopy() {
      await app.guard(() => app.sync.freezeAll()) // so that the ids in the copy are those the ops are sent with
      const at = app.now()
      download(`tavolo-${app.kit.group.name}-${at.slice(0, 16).replace(':', '')}.json`,
        copyOf({ kit: app.kit, notes: [...notes.values()], tallies: [...tallies.values()],
          confirmations: [...confirmations.values()], draft: composer.draft(), at, newId }))
    },
    /** How many notes of earlier authors wait for somebody to send them. */
    waitingOfOthers: () => state.legacies.filter(({ isTaken }) => !isTaken).reduce((sum, { count }) => sum + count, 0),
    /** Send what earlier authors of this tablet left; a note we have changed too follows when ours is sent. */
    async takeLegacies() {
      for (const legacy of state.legacies) legacy.isTaken = true
      await app.guard(goOnInheriting)
      app.sync.kick()
      app.render()
    },
    /** What would stay here only, when one leaves now: unsent notes, and whether something typed was not added. */
    leftBehind: () => ({ unsent: app.counts().unsent, isDraft: Boolean(composer.draft().text.trim()) }),
    /** Leave the table. Its notes go from the tablet too, unless some are still only here: these wait for their author. */
    async leave() {
      if (composer.draft().text.trim()) await composer.add()
      if (app.isOnItsWay()) await app.sync.send()
      stop()
      await app.guard(() => known.leave(app.kit.group.id))
      // Without a connection the server hears of it when this page is opened again: see main.js.
      const isHeard = await net.leave().then(() => true, () => false)
      channel.postMessage({ isLeft: true })
      if (!await holdsWords(store)) await store.erase()
      if (isHeard) location.assign('/table/')
      else location.reload()
    },
    /** Send what a saved copy holds, from any tablet of its table. */
    async openCopy(file) {
      const { problem, ops, draft } = readCopy(await file.text(), app.kit.group.id)
      if (problem) return app.tell(words.say(problem))
      if (!await app.guard(() => imports.take(ops))) return undefined
      if (draft) composer.append(draft)
      app.tell(words.say('copy_opened', { count: new Set(ops.map(thingOf)).size }))
      app.render()
      return imports.send()
    },
    joinAgain() {
      state.isLeaving = true
      location.assign('/table/')
    },
    useNewRelease() {
      state.isLeaving = true // what is unsent stays in the store, which the new release opens
      useNewRelease?.()
    },
    loadAgain() {
      state.isLeaving = true
      location.reload()
    },
    offerRelease(useIt) {
      useNewRelease = useIt
      menu.showUpdate()
    },
    render() {
      frame ??= requestAnimationFrame(() => {
        frame = null
        if (app.isApart()) state.offlineCount = app.counts().unsent
        for (const view of views) view.render()
      })
    },
  }

  Object.assign(app, createTalk(app))
  app.ready = createReady({ app, known })
  app.fitKeyboard = watchKeyboard()
  const status = createStatus({ send: net.status, unsent: () => app.counts().unsent, isReady: () => app.ready.isReady(), mayTell: () => state.isCertain })
  const presence = createPresence({ send: net.presence, me: () => app.kit.me.key, render: app.render })
  Object.assign(app, { here: presence.here, writerOf: presence.writerOf, isWriting: presence.isWriting })

  /** Nothing more is sent or asked from here. */
  function stop() {
    state.isLeaving = true
    state.isCertain = false
    app.live?.drop()
  }

  async function goOnInheriting() {
    const waiting = []
    for (const legacy of state.legacies) {
      if (!legacy.isTaken || !await inherit(store, known, app.kit.group.id, legacy.key)) waiting.push(legacy)
    }
    state.legacies = waiting
  }

  /** The workshop is over and all is sent: nothing of it stays on this tablet. */
  async function wipe() {
    if (state.isLeaving || state.legacies.length || await holdsWords(store)) return
    stop()
    await known.leave(app.kit.group.id)
    await store.erase()
    location.reload()
  }

  function takeLink({ link, sentence }) {
    const wasApart = app.isApart()
    if (link !== 'online') state.back = null
    state.link = link
    state.sentence = sentence ?? state.sentence
    if (['offline', 'unreadable'].includes(link)) {
      state.failures += 1
      return
    }
    state.failures = 0
    if (link !== 'online') return
    state.lastContact = app.nowMs()
    if (imports.count()) imports.send()
    if (wasApart && navigator.onLine) {
      state.back = { at: app.nowMs(), count: state.offlineCount }
      state.offlineCount = 0
      setTimeout(() => app.forget('back'), BACK_SHOWN_MS)
    }
  }

  function report(news) {
    if ('sending' in news) state.isSending = news.sending > 0 && !app.sync.isFailing()
    if (news.link === 'other') fetchKit()
    if (news.link) {
      takeLink(news)
      channel.postMessage({ link: news.link, sentence: news.sentence })
    }
    if (news.link === 'online' && !state.isCertain) fetchKit()
    if (news.isRestored) app.live?.reopen()
    if (news.acks && state.legacies.some(({ isTaken }) => isTaken)) app.guard(goOnInheriting).then(() => app.sync.kick())
    if (news.acks && isOver(app.kit)) wipe()
    for (const ack of news.acks ?? []) {
      if (ack.status !== 'held') continue
      state.held += 1
      state.heldSentence = ack.sentence ?? ''
    }
    app.render()
  }

  /** A note being typed rests between two sends, so that each letter does not become a revision. */
  function isHeldBack(id) {
    if (app.writing?.id !== id) return false
    if (Date.now() - app.writing.sentAt < REST_MS) {
      app.sync.kick(REST_MS)
      return true
    }
    app.writing.sentAt = Date.now()
    return false
  }

  app.sync = createSync({
    net: { ...net, push: (ops) => net.push(ops, app.kit.me.key) }, store, newId, clock: app.now, isHeldBack,
    maySend: () => !state.isLeaving, report, lock: (work) => underLock(`${store.name}:push`, work),
    sentenceOf: (code) => words.say(`op_${code}`),
  })

  const imports = createImports({
    store, push: (ops) => net.push(ops, app.kit.me.key), maySend: () => !state.isLeaving,
    report: (acks) => { report({ acks }); app.sync.pull() },
  })

  store.onTaken(() => {
    state.isTaken = true
    document.getElementById('pad').inert = true // what is typed now could not be kept
    app.render()
  })

  const mapOf = (thing) => (isTally(thing) ? tallies : isConfirmation(thing) ? confirmations : notes)
  const remember = (thing) => mapOf(thing).set(thing.id, thing)
  const forgetThing = (id) => [notes, confirmations].forEach((things) => things.delete(id))

  async function readBack(ids) {
    const found = await store.read(ids)
    ids.forEach((id, at) => (found[at] ? remember(found[at]) : forgetThing(id)))
    app.render()
  }

  store.onTrouble((trouble) => {
    if (trouble === state.trouble) return
    state.trouble = trouble
    app.render()
  })
  store.onChange(async (ids) => {
    await readBack(ids)
    channel.postMessage({ ids })
  })
  channel.addEventListener('message', ({ data }) => {
    if (data.ids) app.guard(() => readBack(data.ids))
    if (data.event) hear(data.event, data.body)
    if (data.isLeft) {
      stop()
      location.assign('/table/')
    }
    if (data.link) {
      takeLink(data)
      app.render()
    }
  })

  /** Build every part anew: at the start, and when kinds, themes or languages of the kit have changed. */
  async function build() {
    const draft = composer?.draft() // on a full tablet it may be nowhere else
    sheet = createSheet(app)
    menu = createMenu(app)
    editor = createEditor(app)
    corrector = createCorrector(app)
    readback = createReadback(app)
    composer = createComposer(app)
    const board = createBoard(app)
    const dialogs = document.getElementById('dialogs')
    dialogs.replaceChildren(sheet.element, readback.element, editor.element, corrector.element, ...menu.elements)
    document.getElementById('pad').replaceChildren(board.element, composer.element)
    views = [app.top, app.banner, app.messages, board, composer, sheet, editor, readback]
    await composer.restore(draft)
    app.render()
  }

  const fixedParts = ({ kinds, themes, workshop }) => JSON.stringify([kinds, themes, workshop.languages])
  const openSessions = ({ sessions }) => sessions.filter(({ state: own }) => own === 'open').map(({ id }) => id)

  /** A question the organiser asks anew takes the place of the one chosen here. */
  function followQuestions(before, fresh) {
    const isAskedAnew = ({ id, asked }) => asked && asked !== before.sessions.find((own) => own.id === id)?.asked
    const anew = fresh.sessions.filter(isAskedAnew).map(({ id }) => id)
    if (!anew.length) return
    ui.prompts = Object.fromEntries(Object.entries(ui.prompts).filter(([id]) => !anew.includes(id)))
    app.guard(() => store.keep('prompts', ui.prompts))
  }

  async function takeKit(fresh) {
    if (fresh.me.key !== app.kit.me.key) {
      await known.keep(app.kit.group.id, fresh)
      state.isLeaving = true
      location.reload() // somebody else signed in: another store, another outbox
      return
    }
    const isRebuilt = fixedParts(fresh) !== fixedParts(app.kit)
    const before = openSessions(app.kit)
    followQuestions(app.kit, fresh)
    app.kit = fresh
    words.useZone(fresh.workshop.zone)
    skew = Date.parse(fresh.server_time) - Date.now()
    await known.keep(fresh.group.id, fresh)
    await app.sync.take({ epoch: fresh.epoch, seq: 0, notes: [] }) // another history: offer everything again
    if (!state.isCertain) await beCertain()
    await app.sync.askHeld()
    if (openSessions(fresh).some((id) => !before.includes(id))) ui.session = null
    if (before.some((id) => !openSessions(fresh).includes(id))) status.tellAnew() // who closed it waits for what was written
    if (isRebuilt) await build()
    await takeCounted(fresh)
    if (isOver(fresh)) await wipe()
    app.render()
  }

  /** What was counted and confirmed before this tablet came; rows of another history wait until the change is known. */
  const takeCounted = ({ epoch, tallies: counted, confirmations: confirmed }) => app.guard(() => store.transact(async (tx) => {
    const cursor = await tx.recall('cursor')
    if (!cursor || cursor.epoch === epoch) await takeInto(tx, { tallies: counted, confirmations: confirmed })
  }))

  /** The server has named the author: now the outbox may go, and what an earlier one left can be looked at. */
  async function beCertain() {
    state.isCertain = true
    state.legacies = await findLegacies(known, app.kit.group.id)
    await goOnInheriting()
    app.render()
    app.sync.send()
    imports.send()
  }

  async function fetchKit() {
    if (state.isLeaving) return
    try {
      const verdict = readKit(await net.kit())
      if (verdict.kind === 'kit') await takeKit(verdict.kit)
      if (verdict.kind !== 'kit') report({ link: verdict.kind === 'later' ? state.link : verdict.kind })
      else if (!app.sync.isFailing()) report({ link: 'online' })
    } catch {
      report({ link: 'offline' })
    }
  }

  /** News of the stream, told to the other tabs as well. */
  function hear(event, body) {
    if (event === 'kit') return fetchKit()
    if (event === 'presence') return presence.hear(body)
    return undefined
  }

  async function hearAsLeader(event, body) {
    if (event === 'notes') await app.sync.take(body)
    else channel.postMessage({ event, body })
    await hear(event, body)
  }

  /** One tab of the browser listens; when it closes, another one takes over. */
  function lead() {
    app.live = createLive({
      net, since: app.sync.since, hear: hearAsLeader, poll: app.sync.pull,
      say(isStreaming) {
        state.isStreaming = isStreaming
        app.render()
      },
    })
    app.live.start()
    return new Promise(() => {})
  }

  function watchPage() {
    const wake = () => document.visibilityState === 'visible' && app.tryNow()
    window.addEventListener('online', wake)
    window.addEventListener('focus', wake)
    document.addEventListener('visibilitychange', wake)
    window.addEventListener('offline', () => { app.live?.drop(); app.render() })
    window.addEventListener('beforeunload', (event) => {
      if (app.counts().unsent && !state.isLeaving) event.preventDefault()
    })
    setInterval(() => document.visibilityState === 'visible' && fetchKit(), KIT_EVERY_MS)
  }

  /** Draw what the tablet holds, then ask the server. */
  app.start = async ({ isKitFresh }) => {
    for (const thing of await store.all()) remember(thing)
    await imports.open()
    ui.prompts = (await store.recall('prompts')) ?? {}
    words.useZone(app.kit.workshop.zone)
    if (isKitFresh) skew = Date.parse(app.kit.server_time) - Date.now()
    app.top = createTop(app)
    app.banner = createBanner(app)
    app.messages = createMessages(app)
    document.getElementById('banner').after(app.messages.element)
    await app.messages.restore()
    await build()
    watchPage()
    underLock(`${store.name}:live`, lead)
    if (isKitFresh) await Promise.all([beCertain(), takeCounted(app.kit)])
    else await fetchKit()
    status.start()
    if (!state.isCertain) app.sync.send() // each push names its author, so the server may answer before the kit does
    await app.sync.pull()
    requestAnimationFrame(() => { state.isFilled = true }) // after what was pulled is drawn: that is no news
  }

  return app
}
