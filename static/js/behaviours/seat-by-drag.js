let dragged = null

/**
 * Drag a person's card to a table, or to those without one. Dropping sends the form `#seat-by-drag`; the menu behind the
 * card does the same by keyboard and without script.
 *
 * A card carries its registration in `data-registration`, a place to drop on its table in `data-group` (empty: no table).
 */
export function seatByDrag(root) {
  const form = root.getElementById('seat-by-drag')
  if (!form) return
  for (const card of root.querySelectorAll('.place-card[data-registration]')) letBeDragged(card)
  for (const table of root.querySelectorAll('[data-group]')) takePeople(table, form)
}

const isElsewhere = (card, table) => card && card.closest('[data-group]') !== table

function letBeDragged(card) {
  card.addEventListener('dragstart', (event) => {
    dragged = card
    event.dataTransfer.effectAllowed = 'move'
    event.dataTransfer.setData('text/plain', card.dataset.registration)
    card.classList.add('dragged')
  })
  card.addEventListener('dragend', () => {
    dragged = null
    card.classList.remove('dragged')
  })
}

function takePeople(table, form) {
  table.addEventListener('dragover', (event) => {
    if (!isElsewhere(dragged, table)) return
    event.preventDefault()
    table.classList.add('drop-target')
  })
  table.addEventListener('dragleave', (event) => {
    if (!table.contains(event.relatedTarget)) table.classList.remove('drop-target')
  })
  table.addEventListener('drop', (event) => {
    table.classList.remove('drop-target')
    if (!isElsewhere(dragged, table)) return
    event.preventDefault()
    form.elements.registration.value = dragged.dataset.registration
    form.elements.group.value = table.dataset.group
    form.requestSubmit()
  })
}
