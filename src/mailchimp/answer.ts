/** Reads JSON whose shape is not known. */
export const fieldOf = (json: unknown, name: string): unknown =>
  typeof json === 'object' && json !== null && Object.hasOwn(json, name)
    ? (json as Readonly<Record<string, unknown>>)[name]
    : undefined

export const textOf = (json: unknown, name: string): string => {
  const value = fieldOf(json, name)
  return typeof value === 'string' ? value : ''
}

export const listOf = (json: unknown, name: string): readonly unknown[] => {
  const value = fieldOf(json, name)
  return Array.isArray(value) ? value : []
}
