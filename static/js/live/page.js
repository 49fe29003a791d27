// Parts of a page, fetched again. XMLHttpRequest parses the answer as a document, so that no script ever makes HTML out of
// a string: that works under Trusted Types without a policy, and scripts inside would not run.

const TIME_LIMIT_MS = 10_000

/**
 * @param {string} url
 * @returns {Promise<Document>} Rejects when there is no connection, no page, or another page (a sign-in) instead.
 */
export function fetchPage(url) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('GET', url)
    request.responseType = 'document'
    request.timeout = TIME_LIMIT_MS
    request.onload = () => {
      const isOurs = new URL(request.responseURL, location.href).pathname === new URL(url, location.href).pathname
      if (request.status === 200 && isOurs && request.responseXML) resolve(request.responseXML)
      else reject(new Error(`${url} answered ${request.status}`))
    }
    request.onerror = request.ontimeout = () => reject(new Error(`${url} did not answer`))
    request.send()
  })
}
