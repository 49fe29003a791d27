// The cockpit keeps itself fresh: parts that changed are fetched and swapped, clocks run, notes coming in can be paused.
import { runClocks } from './clock.js'
import { follow } from './follow.js'
import { fetchPage } from './page.js'
import { untilReleased } from './press.js'
import { rememberParts, swapParts } from './swap.js'

const live = document.getElementById('live')
const stale = document.querySelector('[data-stale]')
const staleAt = document.querySelector('[data-stale-at]')
const CLOCK_TIME = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }
let lastFreshAt = new Date()
let isPaused = false

rememberParts(live)
const clocks = runClocks(live)

function showPause() {
  const button = live.querySelector('[data-pause]')
  if (!button) return
  button.hidden = false
  button.setAttribute('aria-pressed', String(isPaused))
  live.querySelector('[data-paused]').hidden = !isPaused
}

async function refresh() {
  const page = await fetchPage(live.dataset.fragment)
  await untilReleased()
  const known = new Set([...live.querySelectorAll('[data-note]')].map((note) => note.dataset.note))
  const held = new Set(isPaused ? ['coming-in'] : [])
  swapParts(live.firstElementChild, page.querySelector('.cockpit'), { held, prepare: showPause })
  for (const note of live.querySelectorAll('[data-note]')) {
    if (known.size && !known.has(note.dataset.note)) note.classList.add('just-in')
  }
  clocks.setServerNow()
}

function say(isFresh) {
  if (isFresh) lastFreshAt = new Date()
  else if (stale.hidden) staleAt.textContent = lastFreshAt.toLocaleTimeString(document.documentElement.lang, CLOCK_TIME)
  stale.hidden = isFresh
  live.classList.toggle('is-stale', !isFresh)
}

showPause()
const stream = follow(live.dataset.stream, refresh, say)
live.addEventListener('click', (event) => {
  if (!event.target.closest('[data-pause]')) return
  isPaused = !isPaused
  showPause()
  if (!isPaused) stream.changed()
})
