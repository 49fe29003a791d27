// The words of the page, in its language. The server fills in the dictionary (feedback/notes/words.py).

/**
 * @param {Record<string, string|Record<string, string>>} dictionary  a counted word holds one form per plural category
 * @param {string} lang
 */
export function createWords(dictionary, lang) {
  const plurals = new Intl.PluralRules(lang)

  /** The word or sentence named `key`, with `{name}` filled in; `count` chooses the form. */
  function say(key, values = {}) {
    const entry = dictionary[key]
    if (entry === undefined) throw new Error(`no word named ${key}`)
    const form = typeof entry === 'string' ? entry : (entry[plurals.select(values.count)] ?? entry.other)
    return form.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole))
  }

  const clockOf = (timeZone) => new Intl.DateTimeFormat(lang, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone })
  const calendarOf = (timeZone) => new Intl.DateTimeFormat(lang, { day: 'numeric', month: 'long', timeZone })
  let clock = clockOf(undefined)
  let calendar = calendarOf(undefined)

  /** Show times as they are where the workshop is. */
  function useZone(zone) {
    try {
      clock = clockOf(zone)
      calendar = calendarOf(zone)
    } catch { /* this browser does not know the zone: the tablet's own has to do */ }
  }

  return {
    say, lang, useZone,
    time: (moment) => clock.format(new Date(moment)),
    day: (moment) => calendar.format(new Date(moment)),
  }
}
