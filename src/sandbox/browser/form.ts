import type { HTMLElement } from 'node-html-parser'

export interface Button {
  name: string
  value: string
  text: string
  /** Where this button sends the form, when it says so itself. */
  action: string | null
}

export interface Form {
  method: 'GET' | 'POST'
  action: string
  /** What would be sent if nothing were touched. */
  fields: Record<string, string>
  /** The values that radio buttons and lists of this name offer. */
  choices: Record<string, string[]>
  /** Boxes without whose tick a browser does not send the form. */
  required: string[]
  buttons: Button[]
}

const attribute = (element: HTMLElement, name: string) => element.getAttribute(name) ?? ''

const isButton = (element: HTMLElement) =>
  element.tagName === 'BUTTON'
    ? (element.getAttribute('type') ?? 'submit') === 'submit'
    : element.tagName === 'INPUT' && attribute(element, 'type') === 'submit'

const isChoice = (element: HTMLElement) => /^(radio|checkbox)$/.test(attribute(element, 'type'))

const isRequiredBox = (element: HTMLElement) =>
  attribute(element, 'type') === 'checkbox' && element.hasAttribute('required')

function readButton(element: HTMLElement, base: string): Button {
  const formAction = element.getAttribute('formaction')
  return {
    name: attribute(element, 'name'),
    value: attribute(element, 'value'),
    text: element.text.trim(),
    action: formAction === undefined ? null : new URL(formAction, base).href,
  }
}

function readControl(form: Form, element: HTMLElement) {
  const name = attribute(element, 'name')
  if (name === '' || element.tagName === 'BUTTON' || isButton(element)) return
  if (element.tagName === 'SELECT') {
    const options = element.querySelectorAll('option')
    form.choices[name] = options.map((option) => attribute(option, 'value'))
    const chosen = options.find((option) => option.hasAttribute('selected')) ?? options[0]
    form.fields[name] = chosen ? attribute(chosen, 'value') : ''
  } else if (isChoice(element)) {
    const value = element.getAttribute('value') ?? 'on'
    ;(form.choices[name] ??= []).push(value)
    if (isRequiredBox(element)) form.required.push(name)
    if (element.hasAttribute('checked')) form.fields[name] = value
  } else {
    form.fields[name] = element.tagName === 'TEXTAREA' ? element.text : attribute(element, 'value')
  }
}

/** Its own, and those that stand elsewhere on the page and name it. */
const controlsOf = (element: HTMLElement, page: HTMLElement) => {
  const id = element.getAttribute('id')
  const elsewhere = id ? page.querySelectorAll(`[form="${id}"]`) : []
  return [...element.querySelectorAll('input, select, textarea, button'), ...elsewhere].filter(
    (control) => !control.hasAttribute('disabled'),
  )
}

/** Reads a form element of a page; addresses are made absolute against `base`. */
export function readForm(element: HTMLElement, page: HTMLElement, base: string): Form {
  const controls = controlsOf(element, page)
  const form: Form = {
    method: attribute(element, 'method').toUpperCase() === 'POST' ? 'POST' : 'GET',
    action: new URL(attribute(element, 'action') || base, base).href,
    fields: {},
    choices: {},
    required: [],
    buttons: controls.filter(isButton).map((button) => readButton(button, base)),
  }
  for (const control of controls) readControl(form, control)
  return form
}

/**
 * What the form sends when these fields have been filled in and this button pressed (default: the first).
 * @throws Error when a field or a choice is not on the form, or a box is not ticked that has to be: a person could not
 *   have sent it
 */
export function fillIn(
  form: Form,
  filled: Record<string, string>,
  button = form.buttons[0],
): URLSearchParams {
  for (const [name, value] of Object.entries(filled)) {
    const choices = form.choices[name]
    if (choices ? !choices.includes(value) : !(name in form.fields)) {
      throw new Error(
        `The form of ${new URL(form.action).pathname} has no field "${name}" that takes this value`,
      )
    }
  }
  const pressed = button?.name ? { [button.name]: button.value } : {}
  const sent = { ...form.fields, ...filled, ...pressed }
  const unticked = form.required.find((name) => !(name in sent))
  if (unticked !== undefined) {
    throw new Error(`The form of ${new URL(form.action).pathname} asks for a tick at "${unticked}" first`)
  }
  return new URLSearchParams(sent)
}
