/** A choice of one person; the number names who. */
type Choice = { readonly person: number; readonly granted: boolean }

export type DidomiEvent = Readonly<Record<string, unknown>>

export type EventMaker = (choice: Choice) => DidomiEvent

export const addressOf = (person: number): string => `person-${person}@mail.test`

/** Makes `event.created` records of the size and shape that Didomi sends; every one is another event, made now. */
export function createEventMaker(): EventMaker {
  let made = 0
  return ({ person, granted }) => {
    made++
    return {
      type: 'event.created',
      parameters: {
        entity: {
          id: `5f0c7a52-0000-4000-8000-${made.toString(16).padStart(12, '0')}`,
          organization_id: 'the-benchmark-organization',
          created_at: new Date().toISOString(),
          status: 'confirmed',
          regulation: 'gdpr',
          user: {
            id: `device-of-person-${person}`,
            organization_user_id: addressOf(person),
            country: 'FR',
            metadata: { shop: 'paris' },
          },
          consents: {
            channels: [],
            purposes: [
              { id: 'newsletter', enabled: granted },
              { id: 'cookies', enabled: true, preferences: [] },
            ],
            vendors: { enabled: [], disabled: [], enabled_li: [], disabled_li: [] },
          },
        },
      },
    }
  }
}
