const hidden = '***'

/**
 * A value that cannot be printed by accident: strings, JSON and console output show `***`. A caller that needs the value
 * says so with `reveal()`, which makes every use easy to find.
 */
export class Secret<T = string> {
  readonly #value: T

  constructor(value: T) {
    this.#value = value
  }

  reveal(): T {
    return this.#value
  }

  toString(): string {
    return hidden
  }

  toJSON(): string {
    return hidden
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return hidden
  }
}
