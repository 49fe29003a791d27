// Where two texts differ, by words; for the eye only, nothing is merged by it.

/**
 * @returns {{before: string, mine: string, theirs: string, after: string}} the common start and end, and what lies between
 */
export function difference(mine, theirs) {
  const a = mine.split(/(?<=\s)/)
  const b = theirs.split(/(?<=\s)/)
  let start = 0
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start += 1
  let end = 0
  while (end < Math.min(a.length, b.length) - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1
  return {
    before: a.slice(0, start).join(''),
    mine: a.slice(start, a.length - end).join(''),
    theirs: b.slice(start, b.length - end).join(''),
    after: end ? a.slice(-end).join('') : '',
  }
}

/** Both texts in one: what they share once, then what each adds. */
export function joined(mine, theirs) {
  const { before, mine: first, theirs: second, after } = difference(mine, theirs)
  return [before, first, second, after].map((part) => part.trim()).filter(Boolean).join(' ')
}
