/** A statement as SQLite takes it: `?1` for `$1`, and the number of parameters it needs. */
type SqliteText = { readonly text: string; readonly parameters: number }

// Literals, quoted names and comments come first, so that what looks like a parameter inside them stays as it is.
const TOKEN = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\$(\d+)/g

/**
 * Turns our SQL text into SQLite's. Throws on a second statement, which SQLite would leave out without a word
 * (a trigger's body is the one place where `;` belongs inside a statement).
 */
export function toSqlite(sql: string): SqliteText {
  let parameters = 0
  const text = sql.replaceAll(TOKEN, (token, number: string | undefined) => {
    if (number === undefined) return token
    parameters = Math.max(parameters, Number(number))
    return `?${number}`
  })
  const bare = sql.replaceAll(TOKEN, ' ')
  if (/;\s*\S/.test(bare) && !/^\s*create\s+(temp\s+)?trigger\b/i.test(bare)) throw new Error('one statement at a time')
  return { text, parameters }
}

/** True only for text that cannot write; what it does not recognise counts as a write, which is slower but right. */
export function isRead(sql: string): boolean {
  if (/^\s*(select|values)\b/i.test(sql)) return true
  return /^\s*with\b/i.test(sql) && !/\b(insert|update|delete|replace)\b/i.test(sql)
}
