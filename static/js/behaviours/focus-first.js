/** What must be heard first, such as the list of things to check in a form, takes the focus. */
export function focusFirst(root) {
  root.querySelector('[data-focus-first]')?.focus()
}
