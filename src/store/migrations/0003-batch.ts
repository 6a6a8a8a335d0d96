import { type Migration } from '../engine/migrate.ts'

/**
 * R28: what was handed to Mailchimp's `/batches`, and which attempts went with it. A batch outlives its credential:
 * it is evidence, and a key that no integration uses is forgotten.
 */
export const batch: Migration = {
  version: 3,
  name: 'batch',
  sql: () => [
    `create table batch (
       id text primary key, credential_id text not null, mailchimp_id text,
       state text not null check (state in ('submitting', 'submitted', 'finished', 'cancelled', 'lost')),
       operations integer not null, finished integer not null default 0, errored integer not null default 0,
       detail text, created_at bigint not null, submitted_at bigint, poll_at bigint,
       deadline_at bigint not null, ended_at bigint)`,
    `create index batch_open on batch (credential_id) where ended_at is null`,
    'alter table attempt add column batch_id text references batch (id)',
    `create index attempt_batch on attempt (batch_id) where finished_at is null`,
  ],
}
