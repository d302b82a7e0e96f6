/** Condition: the value begins with one of the beginnings in `@opens`, those that this process can open. */
export const opens = (column: string) => `EXISTS (
    SELECT 1 FROM {each opens} AS prefix WHERE substr(${column}, 1, length(prefix.value)) = prefix.value)`

/** Every value begins with nothing. */
export const ALL_VALUES = ['']
