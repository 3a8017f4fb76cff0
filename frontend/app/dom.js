/** An element: properties by name, `aria-…` and `data-…` as attributes, children as elements or text. Text is never HTML. */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined) continue
    if (/-|^for$|^role$/.test(name)) element.setAttribute(name, value)
    else element[name] = value
  }
  element.append(...children.flat().filter((child) => child !== undefined && child !== null))
  return element
}

/** A labelled input or textarea. */
export function field(label, control, hint) {
  const note = hint === undefined ? undefined : el('span', { className: 'hint', id: `${control.id}-hint` }, hint)
  if (note !== undefined) control.setAttribute('aria-describedby', note.id)
  return el('div', { className: 'field' }, el('label', { for: control.id }, label), control, note)
}

/** Where a form says what is wrong; read aloud at once. */
export const notice = () => el('p', { className: 'notice', role: 'alert' })

/** Runs `work` at each submit, once at a time; what it throws is shown in `problem`. */
export function onSubmit(form, problem, work) {
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    const buttons = [...form.querySelectorAll('button')]
    if (buttons.some((button) => button.disabled)) return
    for (const button of buttons) button.disabled = true
    problem.textContent = ''
    try {
      await work()
    } catch (error) {
      problem.textContent = messageOf(error)
    } finally {
      for (const button of buttons) button.disabled = false
    }
  })
}

export function messageOf(error) {
  return error instanceof Error ? error.message : 'Something went wrong.'
}

export function when(isoTime) {
  return new Date(isoTime).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })
}
