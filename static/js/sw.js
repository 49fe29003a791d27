// Opens the note-pad and the check-in page without a connection. It keeps one release of their shells and nothing else:
// notes and arrivals live in IndexedDB, and every other page comes from the network as if this file were not there. sw-off.js takes it away.
/* global __PRECACHE__, __RELEASE__ */

const CACHE = `tavolo-${__RELEASE__}`
const FILES = new Set(__PRECACHE__)
/** The pages that open from here: which addresses, and the shell that stands for all of them. */
const ROOMS = [
  { address: /^\/table\/[0-9a-f-]{36}\/$/, shell: '/table/shell/' },
  { address: /^\/desk\/[0-9a-f-]{36}\/$/, shell: '/desk/shell/' },
]
/** Choosing a door is a page of the server's; without a connection the shell offers those this phone knows. */
const DOORS = { address: /^\/desk\/$/, shell: '/desk/shell/' }
const SHELLS = ROOMS.map(({ shell }) => shell)
const FILE_NAMED = /"(\/static\/[^"#?]+)/g
const PATIENCE_MS = 3000

/** Whether a page is a shell of this release: every file it names is kept here. A portal's login page names none. */
async function isOurs(response) {
  const named = [...(await response.clone().text()).matchAll(FILE_NAMED)].map(([, file]) => file)
  return named.length > 0 && named.every((file) => FILES.has(file))
}

async function keepRelease() {
  const cache = await caches.open(CACHE)
  await cache.addAll([...FILES])
  for (const address of SHELLS) {
    const shell = await fetch(address, { cache: 'reload' })
    if (!shell.ok || !(await isOurs(shell))) throw new Error('the server shows another release') // asked again later
    await cache.put(address, shell)
  }
}

async function dropOtherReleases() {
  const others = (await caches.keys()).filter((name) => name.startsWith('tavolo-') && name !== CACHE)
  await Promise.all(others.map((name) => caches.delete(name)))
}

const openKept = (url) => caches.match(url, { cacheName: CACHE })
const afterPatience = () => new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))

async function ask(request) {
  const page = await fetch(request)
  return { page, isShell: page.ok && (await isOurs(page)) }
}

/**
 * The page from the network, and kept, so that it opens in the language of now without a connection too. The kept one
 * when nothing comes in time, when the server behind the proxy is away, and when the page is of another release: a
 * pad in use keeps its own until the person asks. Redirects (to the code) and refusals are the server's word.
 */
async function openRoom(event, shell) {
  const { page, isShell } = (await Promise.race([ask(event.request), afterPatience()]).catch(() => null)) ?? {}
  if (isShell) {
    const copy = page.clone()
    event.waitUntil(caches.open(CACHE).then((cache) => cache.put(shell, copy)))
    return page
  }
  if (page && !page.ok && page.status < 500) return page
  return (await openKept(shell)) ?? page ?? Response.error()
}

/** The server's page, or the shell when none comes. */
async function openDoors(event, shell) {
  const page = await Promise.race([fetch(event.request), afterPatience()]).catch(() => null)
  return page && page.status < 500 ? page : (await openKept(shell)) ?? page ?? Response.error()
}

/** The files, among those of this release and those a page needs, that would not come without a connection. */
async function findMissing(needed) {
  const wanted = [...new Set([...FILES, ...SHELLS, ...needed])]
  const found = await Promise.all(wanted.map(async (url) => (await (await openKept(url))?.blob())?.size > 0))
  return wanted.filter((url, at) => !found[at])
}

/**
 * Fetch anew what the browser dropped, then say what is missing still. Whoever took this worker's place meanwhile, a
 * newer release or the kill switch, took its files away for good.
 */
async function heal(needed) {
  if ((await findMissing(needed)).length) await keepRelease().catch(() => {})
  if (self.serviceWorker?.state === 'redundant') await caches.delete(CACHE)
  return findMissing(needed)
}

self.addEventListener('install', (event) => event.waitUntil(keepRelease()))

self.addEventListener('activate', (event) => event.waitUntil(dropOtherReleases().then(() => self.clients.claim())))

self.addEventListener('message', (event) => {
  if (event.data === 'activate') self.skipWaiting()
  if (event.data?.check) event.waitUntil(heal(event.data.check).then((missing) => event.ports[0].postMessage(missing)))
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== self.location.origin) return
  if (FILES.has(url.pathname)) event.respondWith(openKept(request).then((kept) => kept ?? fetch(request)))
  if (request.mode !== 'navigate') return
  const room = ROOMS.find(({ address }) => address.test(url.pathname))
  if (room) event.respondWith(openRoom(event, room.shell))
  if (DOORS.address.test(url.pathname)) event.respondWith(openDoors(event, DOORS.shell))
})
