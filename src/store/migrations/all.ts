import { type Migration } from '../migrate.ts'
import { first } from './0001-first.ts'

/** In the order in which they are applied; a migration that was released never changes. */
export const migrations: readonly Migration[] = [first]
