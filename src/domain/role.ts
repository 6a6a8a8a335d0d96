/** What an account or an API token may do; each role may do all that those before it may. */
export const ROLES = ['viewer', 'operator', 'owner'] as const

export type Role = (typeof ROLES)[number]

/** Whether a caller with this role may do what needs that one. */
export const reaches = ({ role, needed }: { readonly role: Role; readonly needed: Role }): boolean =>
  ROLES.indexOf(role) >= ROLES.indexOf(needed)
