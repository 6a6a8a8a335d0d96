/** Reads JSON whose shape is not known. */
export const fieldOf = (json: unknown, name: string): unknown =>
  typeof json === 'object' && json !== null && Object.hasOwn(json, name)
    ? (json as Readonly<Record<string, unknown>>)[name]
    : undefined

export const textOf = (json: unknown, name: string): string => {
  const value = fieldOf(json, name)
  return typeof value === 'string' ? value : ''
}

/** Mailchimp writes its titles with and without spaces (`Compliance Related`, `ComplianceRelated`). */
export const titleOf = (json: unknown): string => textOf(json, 'title').replaceAll(' ', '')

const AKAMAI = 'akamai_error_message'

/** A problem document of Mailchimp's own about this status. Other JSON, or none, is what a proxy or the edge says. */
export const isProblemOf = (json: unknown, status: number): boolean =>
  fieldOf(json, 'status') === status &&
  typeof fieldOf(json, 'title') === 'string' &&
  typeof fieldOf(json, 'detail') === 'string' &&
  fieldOf(json, 'type') !== AKAMAI

export const listOf = (json: unknown, name: string): readonly unknown[] => {
  const value = fieldOf(json, name)
  return Array.isArray(value) ? value : []
}
