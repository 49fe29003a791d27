// The wall keeps its last picture and its own clock when the network goes, and says so in small letters.
import { runClocks } from './clock.js'
import { follow } from './follow.js'
import { fetchPage } from './page.js'

const { stream, picture } = document.body.dataset
const state = document.querySelector('.wall-state')

async function refresh() {
  const page = await fetchPage(picture)
  document.querySelector('.wall-page').replaceWith(document.adoptNode(page.querySelector('.wall-page')))
  clocks.setServerNow()
}

const follower = follow(stream, refresh, (isFresh) => { state.hidden = isFresh })
const clocks = runClocks(document, { onEnd: follower.changed })
