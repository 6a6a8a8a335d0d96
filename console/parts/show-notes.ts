import { notifications } from '@mantine/notifications'
import type { Note } from '../api/integrations.ts'

/** Says what of a document was taken and is not kept. */
export function showNotes(notes: readonly Note[]): void {
  for (const { path, note } of notes) notifications.show({ title: path, message: note })
}
