// Opens the note-pad without a connection. It keeps one release of the shell and nothing else: notes live in IndexedDB,
// and every other page comes from the network as if this file were not there. sw-off.js takes it away.
/* global __PRECACHE__, __RELEASE__ */

const CACHE = `tavolo-${__RELEASE__}`
const FILES = new Set(__PRECACHE__)
const SHELL = '/table/shell/'
const PAD = /^\/table\/[0-9a-f-]{36}\/$/
const FILE_NAMED = /"(\/static\/[^"#?]+)/g
const PATIENCE_MS = 3000

/** Whether a page is the note-pad of this release: every file it names is kept here. A portal's login page names none. */
async function isOurs(response) {
  const named = [...(await response.clone().text()).matchAll(FILE_NAMED)].map(([, file]) => file)
  return named.length > 0 && named.every((file) => FILES.has(file))
}

async function keepRelease() {
  const cache = await caches.open(CACHE)
  await cache.addAll([...FILES])
  const shell = await fetch(SHELL, { cache: 'reload' })
  if (!shell.ok || !(await isOurs(shell))) throw new Error('the server shows another release') // asked again later
  await cache.put(SHELL, shell)
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
async function openPad(event) {
  const { page, isShell } = (await Promise.race([ask(event.request), afterPatience()]).catch(() => null)) ?? {}
  if (isShell) {
    const copy = page.clone()
    event.waitUntil(caches.open(CACHE).then((cache) => cache.put(SHELL, copy)))
    return page
  }
  if (page && !page.ok && page.status < 500) return page
  return (await openKept(SHELL)) ?? page ?? Response.error()
}

/** The files, among those of this release and those a page needs, that would not come without a connection. */
async function findMissing(needed) {
  const wanted = [...new Set([...FILES, SHELL, ...needed])]
  const found = await Promise.all(wanted.map(async (url) => (await (await openKept(url))?.blob())?.size > 0))
  return wanted.filter((url, at) => !found[at])
}

/** Fetch anew what the browser dropped, then say what is missing still. */
async function heal(needed) {
  if ((await findMissing(needed)).length) await keepRelease().catch(() => {})
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
  else if (request.mode === 'navigate' && PAD.test(url.pathname)) event.respondWith(openPad(event))
})
