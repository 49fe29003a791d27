let dragged = null

/**
 * Drag a thing to another place of its list (`data-order`). Letting go sends the form of the thing itself
 * (`data-order-move`) with its new place as `to`, counted from 1; buttons beside the thing do the same without script.
 */
export function orderByDrag(root) {
  for (const list of root.querySelectorAll('[data-order]')) {
    const items = [...list.children].filter((item) => item.matches('[data-order-item]'))
    if (items.length > 1) for (const item of items) letBeOrdered(list, items, item)
  }
}

function letBeOrdered(list, items, item) {
  const grip = item.querySelector('[data-order-grip]')
  grip.hidden = false
  grip.draggable = true
  grip.addEventListener('dragstart', (event) => {
    dragged = { list, item }
    event.dataTransfer.effectAllowed = 'move'
    event.dataTransfer.setData('text/plain', '')
    event.dataTransfer.setDragImage(item, 0, 0)
    item.classList.add('dragged')
  })
  grip.addEventListener('dragend', () => {
    item.classList.remove('dragged')
    unmark(items)
    dragged = null
  })
  item.addEventListener('dragover', (event) => {
    if (dragged?.list !== list || dragged.item === item) return
    event.preventDefault()
    unmark(items)
    item.classList.add(isBelow(item, event) ? 'drop-after' : 'drop-before')
  })
  item.addEventListener('dragleave', (event) => {
    if (!item.contains(event.relatedTarget)) unmark([item])
  })
  item.addEventListener('drop', (event) => {
    if (dragged?.list !== list || dragged.item === item) return
    event.preventDefault()
    move(dragged.item, placeOf(items, dragged.item, item, isBelow(item, event)))
  })
}

const unmark = (items) => items.forEach((item) => item.classList.remove('drop-before', 'drop-after'))

function isBelow(item, { clientY }) {
  const { top, height } = item.getBoundingClientRect()
  return clientY > top + height / 2
}

/** The place of `moved` once it stands before or after `other`, counted from 1. */
export function placeOf(items, moved, other, isAfter) {
  const rest = items.filter((item) => item !== moved)
  return rest.indexOf(other) + (isAfter ? 2 : 1)
}

function move(item, place) {
  const form = item.querySelector('form[data-order-move]')
  form.elements.to.value = String(place)
  form.requestSubmit()
}
