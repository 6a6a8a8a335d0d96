-- Made by node scripts/generate.mjs from src/store/migrations.

CREATE TABLE access_token (
  hash text primary key, source_id text not null references source (id), expires_at bigint not null, secret_id text);
CREATE TABLE account (
  id text primary key, email text not null unique, name text not null,
  role text not null check (role in ('owner', 'operator', 'viewer')),
  password text not null, created_at bigint not null, disabled_at bigint);
CREATE TABLE attempt (
  id text primary key, integration_id text not null references integration (id), person text not null,
  revision bigint not null, started_at bigint not null, finished_at bigint,
  method text not null, path text not null, request text not null,
  status integer, answer text, request_id text, outcome text, reason text, detail text, carried text, batch_id text references batch (id));
CREATE INDEX attempt_batch on attempt (batch_id) where finished_at is null;
CREATE INDEX attempt_delivered on attempt (integration_id, finished_at) where outcome = 'delivered';
CREATE INDEX attempt_open on attempt (integration_id) where finished_at is null;
CREATE INDEX attempt_person on attempt (integration_id, person, id);
CREATE INDEX attempt_reason on attempt (reason) where reason is not null;
CREATE INDEX attempt_status on attempt (status) where reason is not null;
CREATE TABLE audit (
  id text primary key, at bigint not null, actor text not null, action text not null,
  subject text not null, detail text not null);
CREATE TABLE batch (
  id text primary key, credential_id text not null, mailchimp_id text,
  state text not null check (state in ('submitting', 'submitted', 'finished', 'cancelled', 'lost')),
  operations integer not null, finished integer not null default 0, errored integer not null default 0,
  detail text, created_at bigint not null, submitted_at bigint, poll_at bigint,
  deadline_at bigint not null, ended_at bigint);
CREATE INDEX batch_open on batch (credential_id) where ended_at is null;
CREATE TABLE brake (
  id text primary key, source_id text not null, since bigint not null, decision text, decided_at bigint,
  decided_by text);
CREATE UNIQUE INDEX brake_open on brake (source_id) where decision is null;
CREATE TABLE braked_target (
  integration_id text not null, person text not null, target text not null, brake_id text not null,
  waits integer not null, primary key (integration_id, person, target),
  foreign key (integration_id, person) references delivery (integration_id, person)
  on delete cascade on update cascade);
CREATE INDEX braked_target_brake on braked_target (brake_id, integration_id, person) where waits = 1;
CREATE TABLE contact (
  data_centre text not null, audience_id text not null, alias text not null,
  permanent_id text, wrote_at bigint, gone_after text, moved_to text, entries text not null, move_id text, moved_at bigint, move_accepted integer not null default 0,
  primary key (data_centre, audience_id, alias));
CREATE INDEX contact_by_id on contact (data_centre, audience_id, permanent_id) where permanent_id is not null;
CREATE UNIQUE INDEX contact_moved on contact (move_id) where move_id is not null;
CREATE TABLE credential (
  id text primary key, data_centre text not null, sealed_key blob not null, hold_cause text, hold_detail text, held_at bigint, probe_at bigint, probes integer not null default 0, mailchimp_user text, user_seen_at bigint);
CREATE TABLE delivery (
  id text primary key, integration_id text not null references integration (id), person text not null,
  status text not null check (status in ('waiting', 'sending', 'held', 'delivered', 'skipped', 'dead')),
  priority integer not null, due_at bigint, revision bigint not null,
  failed integer not null default 0, first_failed_at bigint, carries_withdrawal integer not null,
  reason text, detail text, refused text, owed_at bigint not null, settled_at bigint, window_until bigint, window_sent text, isolation text, replay_id text, doubted_at bigint not null default 0, contact text, unaccepted text, braked integer not null default 0, window_contacts text,
  unique (integration_id, person));
CREATE INDEX delivery_contact on delivery (contact) where contact is not null;
CREATE INDEX delivery_due on delivery (integration_id, priority, due_at) where status = 'waiting';
CREATE INDEX delivery_ended_badly on delivery (integration_id, status, reason, settled_at, carries_withdrawal)
  where status in ('dead', 'held');
CREATE INDEX delivery_failing on delivery (integration_id, reason, first_failed_at, status, carries_withdrawal)
  where status in ('waiting', 'sending') and failed > 0;
CREATE INDEX delivery_gone on delivery (integration_id, reason, settled_at)
  where status = 'skipped' and reason = 'contact_gone' and carries_withdrawal = 1;
CREATE INDEX delivery_replay on delivery (replay_id)
  where replay_id is not null and status in ('waiting', 'sending');
CREATE INDEX delivery_skipped on delivery (integration_id, settled_at, reason) where status = 'skipped';
CREATE INDEX delivery_status on delivery (integration_id, status);
CREATE INDEX delivery_unaccepted on delivery (id) where unaccepted is not null;
CREATE INDEX delivery_window on delivery (integration_id, window_until)
  where status = 'waiting' and window_until is not null;
CREATE INDEX delivery_withdrawal on delivery (integration_id, (case when failed = 0 then -due_at else due_at end))
  where status = 'waiting' and priority = 0;
CREATE TABLE device (
  hash text primary key, account_id text not null references account (id), seen_at bigint not null);
CREATE INDEX device_account on device (account_id, seen_at);
CREATE INDEX device_seen on device (seen_at);
CREATE TABLE erasure (
  id text primary key, person text, at_mailchimp text not null check (at_mailchimp in ('deny', 'leave')),
  thorough integer not null, actor text not null, asked_at bigint not null, ends_by bigint not null,
  erased_at bigint, ended_at bigint, counts text, unproven text);
CREATE INDEX erasure_open on erasure (id) where ended_at is null;
CREATE UNIQUE INDEX erasure_person on erasure (person) where person is not null;
CREATE TABLE erasure_key (id integer primary key check (id = 1), sealed blob not null);
CREATE TABLE fact (
  id text primary key, source_id text not null references source (id),
  inbox_id text not null references inbox (id), key text not null,
  family text not null check (family in ('user', 'event')),
  kind text not null check (kind in ('created', 'updated', 'deleted')),
  entity_id text not null, user_id text not null, person text,
  at bigint not null, received_at bigint not null,
  regulation text not null, status text not null, content text not null, adopted integer not null default 0, cause_id text,
  unique (source_id, key));
CREATE INDEX fact_anonymous on fact (id) where person is null and kind <> 'deleted';
CREATE INDEX fact_cause on fact (source_id, cause_id) where cause_id is not null;
CREATE INDEX fact_entity on fact (source_id, entity_id);
CREATE INDEX fact_orphan on fact (source_id, entity_id) where kind = 'deleted' and person is null;
CREATE INDEX fact_person on fact (source_id, person);
CREATE INDEX fact_person_start on fact (lower(person))
  where person is not null;
CREATE INDEX fact_received on fact (source_id, received_at, id);
CREATE INDEX fact_time on fact (received_at, id);
CREATE INDEX fact_unnamed on fact (source_id, user_id) where person is null or adopted = 1;
CREATE INDEX fact_user on fact (source_id, user_id);
CREATE TABLE failure (
  id text primary key, integration_id text not null references integration (id) on delete cascade,
  kind text not null check (kind in ('dead', 'held', 'retrying', 'gone')), cause text not null,
  state text not null check (state in ('open', 'acknowledged', 'resolved', 'ignored')),
  debts bigint not null, withdrawals bigint not null, first_at bigint not null, last_at bigint not null,
  changed_at bigint not null, changed_by text, resolved_at bigint,
  unique (integration_id, kind, cause));
CREATE TABLE inbox (
  id text primary key, source_id text not null references source (id),
  fingerprint text not null, received_at bigint not null, raw blob not null,
  records integer not null, repeats integer not null default 0, faults text,
  unique (source_id, fingerprint));
CREATE INDEX inbox_faults on inbox (source_id, id) where faults is not null;
CREATE TABLE integration (
  id text primary key, source_id text not null references source (id),
  credential_id text not null references credential (id),
  settings text not null, enabled integer not null, paused integer not null default 0, hold_cause text, hold_detail text, held_at bigint, probe_at bigint, probes integer not null default 0,
  created_at bigint not null, updated_at bigint not null, leaves_at bigint, left_from text);
CREATE INDEX integration_left_from on integration (left_from) where left_from is not null;
CREATE TABLE lease
  (name text primary key, owner text not null, epoch bigint not null, expires_at bigint not null, session text not null);
CREATE TABLE link (
  source_id text not null references source (id), user_id text not null, person text not null,
  shared integer not null default 0, primary key (source_id, user_id, person));
CREATE INDEX link_person on link (source_id, person);
CREATE INDEX link_shared on link (source_id, user_id) where shared = 1;
CREATE TABLE migration
  (version integer primary key, name text not null, applied_at bigint not null);
CREATE TABLE naming (
  integration_id text not null, person text not null, alias text not null, left_at bigint,
  primary key (integration_id, person, alias));
CREATE INDEX naming_alias on naming (integration_id, alias);
CREATE TABLE probe (id integer primary key, at bigint not null);
CREATE TABLE replay (
  id text primary key, kind text not null check (kind in ('debts', 'resync')), criteria text not null,
  actor text not null, idempotency_key text unique, fingerprint text,
  total bigint not null, withdrawals bigint not null, made_due bigint not null default 0,
  last_done text not null default '', through text not null,
  created_at bigint not null, made_at bigint, finished_at bigint);
CREATE INDEX replay_open on replay (id) where finished_at is null;
CREATE TABLE retention (
  id integer primary key check (id = 1), bodies integer, quarantine integer, attempts integer, audit integer,
  bodies_done text not null default '', anonymous integer);
CREATE TABLE retracted (
  source_id text not null, person text not null, at bigint not null, primary key (source_id, person));
CREATE INDEX retracted_at on retracted (source_id, at);
CREATE TABLE seal (id integer primary key check (id = 1), canary blob not null);
CREATE TABLE session (
  id text primary key, account_id text not null references account (id),
  hash text not null unique, agent text not null, created_at bigint not null, seen_at bigint not null, proved_at bigint not null default 0);
CREATE INDEX session_account on session (account_id);
CREATE TABLE setup (id integer primary key check (id = 1), hash text not null, created_at bigint not null);
CREATE TABLE source (
  id text primary key, name text not null, organization_id text,
  feed text check (feed in ('user', 'event')),
  auth_type text not null check (auth_type in ('bearer', 'oauth2')),
  created_at bigint not null);
CREATE TABLE source_secret (
  id text primary key, source_id text not null references source (id),
  kind text not null check (kind in ('bearer', 'client')),
  client_id text unique, hash text not null unique, created_at bigint not null, expires_at bigint, used_at bigint);
CREATE UNIQUE INDEX source_secret_current on source_secret (source_id) where expires_at is null;
CREATE UNIQUE INDEX source_secret_previous on source_secret (source_id) where expires_at is not null;
CREATE TABLE source_size (source_id text primary key, people bigint not null, counted_at bigint not null);
CREATE TABLE suppressed (hash text primary key, chosen_by bigint not null);
CREATE TABLE tag_claim (
  integration_id text not null references integration (id) on delete cascade, tag text not null,
  data_centre text not null, audience_id text not null, fills integer not null check (fills in (0, 1)),
  field_id bigint,
  primary key (integration_id, tag));
CREATE UNIQUE INDEX tag_claim_filled on tag_claim (data_centre, audience_id, tag) where fills = 1;
CREATE INDEX tag_claim_waiting on tag_claim (data_centre, audience_id, tag) where fills = 0;
CREATE TABLE tally (
  source_id text not null references source (id), kind text not null, family text not null,
  n bigint not null, primary key (source_id, kind, family));
CREATE TABLE to_owe (
  integration_id text primary key references integration (id) on delete cascade,
  after_person text not null,
  owed bigint not null, since bigint not null);
CREATE TABLE token (
  id text primary key, name text not null,
  role text not null check (role in ('owner', 'operator', 'viewer')),
  hash text not null unique, created_at bigint not null, revoked_at bigint);
CREATE TABLE tombstone (
  source_id text not null references source (id), key text not null, primary key (source_id, key));
CREATE TABLE unproven (
  id text primary key, at bigint not null, integration_id text not null, integration_name text,
  data_centre text not null, audience_id text not null, person text not null, contact text,
  tags text not null, reason text);
CREATE INDEX unproven_person on unproven (person);
CREATE TABLE upgrade (
  id integer primary key check (id = 1),
  step text not null check (step in ('naming', 'reading', 'adopting', 'owing', 'done')),
  after_group text not null default '', after_item text not null default '',
  through text not null, known text not null, accepted integer not null default 0);
