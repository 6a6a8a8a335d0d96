/** A column that holds JSON: `read` gives back what `write` was given. */
type JsonColumn<T> = { readonly write: (value: T) => string; readonly read: (text: string) => T }

/** The type is taken on trust, since nothing but `write` fills the column. It is the store's only cast besides rows. */
export const jsonColumn = <T>(): JsonColumn<T> => ({
  write: value => JSON.stringify(value),
  read: text => JSON.parse(text) as T,
})
