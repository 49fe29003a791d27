const KEPT = 'summary-scroll'

/**
 * Drag a note of the summary onto a finding. The note's menu does the same by keyboard and without script.
 *
 * A note carries the address that places it in `data-note`, a finding its id in `data-finding` and the words of its drop
 * zone in `data-drop-label`; the page's form "act" is sent. The page opens again where it was.
 */
export function placeByDrag(root) {
  const form = root.querySelector('form#act')
  const findings = [...root.querySelectorAll('[data-finding]')]
  if (!form || !root.querySelector('.curation')) return
  stayHere(form)
  for (const note of root.querySelectorAll('[data-note]')) letBeDragged(note, findings)
  for (const finding of findings) takeNotes(finding, form)
}

/** After an act the page comes back as high as it was left. */
function stayHere(form) {
  const kept = sessionStorage.getItem(KEPT)
  sessionStorage.removeItem(KEPT)
  if (kept !== null) requestAnimationFrame(() => scrollTo({ top: Number(kept), behavior: 'instant' }))
  form.addEventListener('submit', () => sessionStorage.setItem(KEPT, String(scrollY)))
}

let dragged = null

function letBeDragged(note, findings) {
  note.draggable = true
  note.addEventListener('dragstart', (event) => {
    dragged = note
    event.dataTransfer.effectAllowed = 'move'
    event.dataTransfer.setData('text/plain', note.id)
    note.classList.add('dragged')
    for (const finding of findings) showZone(finding)
  })
  note.addEventListener('dragend', () => {
    dragged = null
    note.classList.remove('dragged')
    for (const finding of findings) finding.querySelector('.drop-zone')?.remove()
  })
}

function showZone(finding) {
  const zone = document.createElement('p')
  zone.className = 'drop-zone'
  zone.textContent = finding.dataset.dropLabel
  finding.append(zone)
}

function takeNotes(finding, form) {
  finding.addEventListener('dragover', (event) => {
    if (dragged) event.preventDefault()
  })
  finding.addEventListener('drop', (event) => {
    if (!dragged) return
    event.preventDefault()
    const place = document.createElement('input')
    Object.assign(place, { type: 'hidden', name: 'finding', value: finding.dataset.finding })
    form.action = dragged.dataset.note
    form.append(place)
    form.requestSubmit()
  })
}
