import type { Group } from '../command.ts'
import { list } from './quarantine-list.ts'
import { reread } from './quarantine-reread.ts'

/** `quarantine`: what could not be read when it came in. */
export const command: Group = {
  verbs: {
    list: { summary: 'list the bodies with something that could not be read', command: list },
    reread: { summary: 'read bodies again, with the present reader', command: reread },
  },
}
