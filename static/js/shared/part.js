/**
 * What the selector finds on another page of this site; its links lead where they lead there. Null without a connection,
 * and when the page is refused or leads elsewhere.
 */
export async function fetchPart(href, selector) {
  const answer = await fetch(href, { headers: { accept: 'text/html' } }).catch(() => null)
  if (!answer?.ok || answer.redirected) return null
  const page = new DOMParser().parseFromString(await answer.text().catch(() => ''), 'text/html')
  const part = page.querySelector(selector)
  for (const link of part?.querySelectorAll('a[href]') ?? []) link.href = new URL(link.getAttribute('href'), answer.url).href
  return part
}
