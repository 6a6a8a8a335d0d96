import { Link } from '@tanstack/react-router'
import type { ConsentEvent, State } from '../../api/events.ts'
import { StatusOf } from '../../parts/DeliveryStatus.tsx'
import { useIntegrationName } from '../../parts/IntegrationSelect.tsx'
import { PersonName } from '../../parts/PersonName.tsx'
import { Status } from '../../ui/Status.tsx'
import { Time } from '../../ui/Time.tsx'
import styles from './EventRow.module.css'

const answerOf = ({ answer }: State): string => {
  if (typeof answer === 'boolean') return answer ? 'granted' : 'denied'
  return answer.length === 0 ? 'none' : answer.join(', ')
}

const summaryOf = (states: readonly State[]): string =>
  states.length === 0 ? 'no choices in it' : states.map(state => `${state.place} ${answerOf(state)}`).join(' · ')

export function EventRow({ event }: { readonly event: ConsentEvent }) {
  const nameOf = useIntegrationName()
  return (
    <div className={styles.row}>
      <div className={styles.time}>
        <Time at={event.received_at} />
      </div>
      <div className={styles.who}>
        {event.person === null ? <span className={styles.dim}>anonymous</span> : <PersonName person={event.person} />}
      </div>
      <div className={styles.what}>
        <Link to="/events/$eventId" params={{ eventId: event.id }} className={styles.link}>
          {event.type}
          {event.withdrawal && <span className={styles.mark}> withdrawal</span>}
        </Link>
        <div className={styles.states}>{summaryOf(event.states)}</div>
      </div>
      <div className={styles.deliveries}>
        {event.deliveries.length === 0 && <Status tone="calm">nothing owed</Status>}
        {event.deliveries.map(delivery => (
          <span key={delivery.id} title={nameOf(delivery.integration_id)}>
            <StatusOf delivery={delivery} />
          </span>
        ))}
      </div>
    </div>
  )
}
