/**
 * Forms with `data-passkey` ask the browser for a passkey before they are sent: "enter" fetches what to sign, "again"
 * and "add" find it in the page. Browsers without passkeys keep the form as it is: the one for entering stays hidden.
 */
export function usePasskeys(root) {
  const { PublicKeyCredential } = globalThis
  if (!PublicKeyCredential?.parseRequestOptionsFromJSON) return
  for (const form of root.querySelectorAll('form[data-passkey]')) {
    form.hidden = false
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      fillIn(form).then(() => form.submit(), () => tellThatItFailed(form))
    })
  }
}

async function fillIn(form) {
  const credential = form.dataset.passkey === 'add' ? await make(form) : await sign(form)
  form.elements.credential.value = JSON.stringify(credential.toJSON())
}

function make(form) {
  const options = written(form).creation_options.publicKey
  options.authenticatorSelection = {
    ...options.authenticatorSelection,
    residentKey: 'required',
    requireResidentKey: true,
    userVerification: 'required',
  }
  return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
}

async function sign(form) {
  const { request_options: options } = form.dataset.passkey === 'enter' ? await asked(form) : written(form)
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options.publicKey) })
}

async function asked(form) {
  const response = await fetch(form.action, { headers: { Accept: 'application/json' } })
  if (!response.ok) throw new Error(`no options: ${response.status}`)
  return response.json()
}

const written = (form) => JSON.parse(form.querySelector('#passkey-options').textContent)

const tellThatItFailed = (form) => form.querySelector('[role="alert"]').removeAttribute('hidden')
