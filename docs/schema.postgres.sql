-- Made by node scripts/generate.mjs from src/store/migrations.

create table access_token (
  hash text not null,
  source_id text not null,
  expires_at bigint not null,
  secret_id text,
  constraint access_token_pkey PRIMARY KEY (hash),
  constraint access_token_source_id_fkey FOREIGN KEY (source_id) REFERENCES source(id)
);
create table account (
  id text not null,
  email text not null,
  name text not null,
  role text not null,
  password text not null,
  created_at bigint not null,
  disabled_at bigint,
  constraint account_email_key UNIQUE (email),
  constraint account_pkey PRIMARY KEY (id),
  constraint account_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'operator'::text, 'viewer'::text])))
);
create table attempt (
  id text not null,
  integration_id text not null,
  person text not null,
  revision bigint not null,
  started_at bigint not null,
  finished_at bigint,
  method text not null,
  path text not null,
  request text not null,
  status integer,
  answer text,
  request_id text,
  outcome text,
  reason text,
  detail text,
  carried text,
  batch_id text,
  constraint attempt_batch_id_fkey FOREIGN KEY (batch_id) REFERENCES batch(id),
  constraint attempt_integration_id_fkey FOREIGN KEY (integration_id) REFERENCES integration(id),
  constraint attempt_pkey PRIMARY KEY (id)
);
CREATE INDEX attempt_batch ON public.attempt USING btree (batch_id) WHERE (finished_at IS NULL);
CREATE INDEX attempt_delivered ON public.attempt USING btree (integration_id, finished_at) WHERE (outcome = 'delivered'::text);
CREATE INDEX attempt_open ON public.attempt USING btree (integration_id) WHERE (finished_at IS NULL);
CREATE INDEX attempt_person ON public.attempt USING btree (integration_id, person, id);
CREATE INDEX attempt_reason ON public.attempt USING btree (reason) WHERE (reason IS NOT NULL);
CREATE INDEX attempt_status ON public.attempt USING btree (status) WHERE (reason IS NOT NULL);
create table audit (
  id text not null,
  at bigint not null,
  actor text not null,
  action text not null,
  subject text not null,
  detail text not null,
  constraint audit_pkey PRIMARY KEY (id)
);
create table batch (
  id text not null,
  credential_id text not null,
  mailchimp_id text,
  state text not null,
  operations integer not null,
  finished integer default 0 not null,
  errored integer default 0 not null,
  detail text,
  created_at bigint not null,
  submitted_at bigint,
  poll_at bigint,
  deadline_at bigint not null,
  ended_at bigint,
  constraint batch_pkey PRIMARY KEY (id),
  constraint batch_state_check CHECK ((state = ANY (ARRAY['submitting'::text, 'submitted'::text, 'finished'::text, 'cancelled'::text, 'lost'::text])))
);
CREATE INDEX batch_open ON public.batch USING btree (credential_id) WHERE (ended_at IS NULL);
create table brake (
  id text not null,
  source_id text not null,
  since bigint not null,
  decision text,
  decided_at bigint,
  decided_by text,
  constraint brake_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX brake_open ON public.brake USING btree (source_id) WHERE (decision IS NULL);
create table braked_target (
  integration_id text not null,
  person text not null,
  target text not null,
  brake_id text not null,
  waits integer not null,
  constraint braked_target_integration_id_person_fkey FOREIGN KEY (integration_id, person) REFERENCES delivery(integration_id, person) ON UPDATE CASCADE ON DELETE CASCADE,
  constraint braked_target_pkey PRIMARY KEY (integration_id, person, target)
);
CREATE INDEX braked_target_brake ON public.braked_target USING btree (brake_id, integration_id, person) WHERE (waits = 1);
create table contact (
  data_centre text not null,
  audience_id text not null,
  alias text not null,
  permanent_id text,
  wrote_at bigint,
  gone_after text,
  moved_to text,
  entries text not null,
  move_id text,
  moved_at bigint,
  move_accepted integer default 0 not null,
  constraint contact_pkey PRIMARY KEY (data_centre, audience_id, alias)
);
CREATE INDEX contact_by_id ON public.contact USING btree (data_centre, audience_id, permanent_id) WHERE (permanent_id IS NOT NULL);
CREATE UNIQUE INDEX contact_moved ON public.contact USING btree (move_id) WHERE (move_id IS NOT NULL);
create table credential (
  id text not null,
  data_centre text not null,
  sealed_key bytea not null,
  hold_cause text,
  hold_detail text,
  held_at bigint,
  probe_at bigint,
  probes integer default 0 not null,
  mailchimp_user text,
  user_seen_at bigint,
  constraint credential_pkey PRIMARY KEY (id)
);
create table delivery (
  id text not null,
  integration_id text not null,
  person text not null,
  status text not null,
  priority integer not null,
  due_at bigint,
  revision bigint not null,
  failed integer default 0 not null,
  first_failed_at bigint,
  carries_withdrawal integer not null,
  reason text,
  detail text,
  refused text,
  owed_at bigint not null,
  settled_at bigint,
  window_until bigint,
  window_sent text,
  isolation text,
  replay_id text,
  doubted_at bigint default 0 not null,
  contact text,
  unaccepted text,
  braked integer default 0 not null,
  window_contacts text,
  constraint delivery_integration_id_fkey FOREIGN KEY (integration_id) REFERENCES integration(id),
  constraint delivery_integration_id_person_key UNIQUE (integration_id, person),
  constraint delivery_pkey PRIMARY KEY (id),
  constraint delivery_status_check CHECK ((status = ANY (ARRAY['waiting'::text, 'sending'::text, 'held'::text, 'delivered'::text, 'skipped'::text, 'dead'::text])))
);
CREATE INDEX delivery_contact ON public.delivery USING btree (contact) WHERE (contact IS NOT NULL);
CREATE INDEX delivery_due ON public.delivery USING btree (integration_id, priority, due_at) WHERE (status = 'waiting'::text);
CREATE INDEX delivery_ended_badly ON public.delivery USING btree (integration_id, status, reason, settled_at, carries_withdrawal) WHERE (status = ANY (ARRAY['dead'::text, 'held'::text]));
CREATE INDEX delivery_failing ON public.delivery USING btree (integration_id, reason, first_failed_at, status, carries_withdrawal) WHERE ((status = ANY (ARRAY['waiting'::text, 'sending'::text])) AND (failed > 0));
CREATE INDEX delivery_gone ON public.delivery USING btree (integration_id, reason, settled_at) WHERE ((status = 'skipped'::text) AND (reason = 'contact_gone'::text) AND (carries_withdrawal = 1));
CREATE INDEX delivery_replay ON public.delivery USING btree (replay_id) WHERE ((replay_id IS NOT NULL) AND (status = ANY (ARRAY['waiting'::text, 'sending'::text])));
CREATE INDEX delivery_skipped ON public.delivery USING btree (integration_id, settled_at, reason) WHERE (status = 'skipped'::text);
CREATE INDEX delivery_status ON public.delivery USING btree (integration_id, status);
CREATE INDEX delivery_unaccepted ON public.delivery USING btree (id) WHERE (unaccepted IS NOT NULL);
CREATE INDEX delivery_window ON public.delivery USING btree (integration_id, window_until) WHERE ((status = 'waiting'::text) AND (window_until IS NOT NULL));
CREATE INDEX delivery_withdrawal ON public.delivery USING btree (integration_id, (
  CASE
  WHEN (failed = 0) THEN (- due_at)
  ELSE due_at
  END)) WHERE ((status = 'waiting'::text) AND (priority = 0));
create table device (
  hash text not null,
  account_id text not null,
  seen_at bigint not null,
  constraint device_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id),
  constraint device_pkey PRIMARY KEY (hash)
);
CREATE INDEX device_account ON public.device USING btree (account_id, seen_at);
CREATE INDEX device_seen ON public.device USING btree (seen_at);
create table erasure (
  id text not null,
  person text,
  at_mailchimp text not null,
  thorough integer not null,
  actor text not null,
  asked_at bigint not null,
  ends_by bigint not null,
  erased_at bigint,
  ended_at bigint,
  counts text,
  unproven text,
  constraint erasure_at_mailchimp_check CHECK ((at_mailchimp = ANY (ARRAY['deny'::text, 'leave'::text]))),
  constraint erasure_pkey PRIMARY KEY (id)
);
CREATE INDEX erasure_open ON public.erasure USING btree (id) WHERE (ended_at IS NULL);
CREATE UNIQUE INDEX erasure_person ON public.erasure USING btree (person) WHERE (person IS NOT NULL);
create table erasure_key (
  id integer not null,
  sealed bytea not null,
  constraint erasure_key_id_check CHECK ((id = 1)),
  constraint erasure_key_pkey PRIMARY KEY (id)
);
create table fact (
  id text not null,
  source_id text not null,
  inbox_id text not null,
  key text not null,
  family text not null,
  kind text not null,
  entity_id text not null,
  user_id text not null,
  person text,
  at bigint not null,
  received_at bigint not null,
  regulation text not null,
  status text not null,
  content text not null,
  adopted integer default 0 not null,
  cause_id text,
  constraint fact_family_check CHECK ((family = ANY (ARRAY['user'::text, 'event'::text]))),
  constraint fact_inbox_id_fkey FOREIGN KEY (inbox_id) REFERENCES inbox(id),
  constraint fact_kind_check CHECK ((kind = ANY (ARRAY['created'::text, 'updated'::text, 'deleted'::text]))),
  constraint fact_pkey PRIMARY KEY (id),
  constraint fact_source_id_fkey FOREIGN KEY (source_id) REFERENCES source(id),
  constraint fact_source_id_key_key UNIQUE (source_id, key)
);
CREATE INDEX fact_anonymous ON public.fact USING btree (id) WHERE ((person IS NULL) AND (kind <> 'deleted'::text));
CREATE INDEX fact_cause ON public.fact USING btree (source_id, cause_id) WHERE (cause_id IS NOT NULL);
CREATE INDEX fact_entity ON public.fact USING btree (source_id, entity_id);
CREATE INDEX fact_orphan ON public.fact USING btree (source_id, entity_id) WHERE ((kind = 'deleted'::text) AND (person IS NULL));
CREATE INDEX fact_person ON public.fact USING btree (source_id, person);
CREATE INDEX fact_person_start ON public.fact USING btree (lower((person COLLATE "C"))) WHERE (person IS NOT NULL);
CREATE INDEX fact_received ON public.fact USING btree (source_id, received_at, id);
CREATE INDEX fact_time ON public.fact USING btree (received_at, id);
CREATE INDEX fact_unnamed ON public.fact USING btree (source_id, user_id) WHERE ((person IS NULL) OR (adopted = 1));
CREATE INDEX fact_user ON public.fact USING btree (source_id, user_id);
create table failure (
  id text not null,
  integration_id text not null,
  kind text not null,
  cause text not null,
  state text not null,
  debts bigint not null,
  withdrawals bigint not null,
  first_at bigint not null,
  last_at bigint not null,
  changed_at bigint not null,
  changed_by text,
  resolved_at bigint,
  constraint failure_integration_id_fkey FOREIGN KEY (integration_id) REFERENCES integration(id) ON DELETE CASCADE,
  constraint failure_integration_id_kind_cause_key UNIQUE (integration_id, kind, cause),
  constraint failure_kind_check CHECK ((kind = ANY (ARRAY['dead'::text, 'held'::text, 'retrying'::text, 'gone'::text]))),
  constraint failure_pkey PRIMARY KEY (id),
  constraint failure_state_check CHECK ((state = ANY (ARRAY['open'::text, 'acknowledged'::text, 'resolved'::text, 'ignored'::text])))
);
create table inbox (
  id text not null,
  source_id text not null,
  fingerprint text not null,
  received_at bigint not null,
  raw bytea not null,
  records integer not null,
  repeats integer default 0 not null,
  faults text,
  constraint inbox_pkey PRIMARY KEY (id),
  constraint inbox_source_id_fingerprint_key UNIQUE (source_id, fingerprint),
  constraint inbox_source_id_fkey FOREIGN KEY (source_id) REFERENCES source(id)
);
CREATE INDEX inbox_faults ON public.inbox USING btree (source_id, id) WHERE (faults IS NOT NULL);
create table integration (
  id text not null,
  source_id text not null,
  credential_id text not null,
  settings text not null,
  enabled integer not null,
  paused integer default 0 not null,
  hold_cause text,
  hold_detail text,
  held_at bigint,
  probe_at bigint,
  probes integer default 0 not null,
  created_at bigint not null,
  updated_at bigint not null,
  leaves_at bigint,
  left_from text,
  constraint integration_credential_id_fkey FOREIGN KEY (credential_id) REFERENCES credential(id),
  constraint integration_pkey PRIMARY KEY (id),
  constraint integration_source_id_fkey FOREIGN KEY (source_id) REFERENCES source(id)
);
CREATE INDEX integration_left_from ON public.integration USING btree (left_from) WHERE (left_from IS NOT NULL);
create table lease (
  name text not null,
  owner text not null,
  epoch bigint not null,
  expires_at bigint not null,
  session text not null,
  constraint lease_pkey PRIMARY KEY (name)
);
create table link (
  source_id text not null,
  user_id text not null,
  person text not null,
  shared integer default 0 not null,
  constraint link_pkey PRIMARY KEY (source_id, user_id, person),
  constraint link_source_id_fkey FOREIGN KEY (source_id) REFERENCES source(id)
);
CREATE INDEX link_person ON public.link USING btree (source_id, person);
CREATE INDEX link_shared ON public.link USING btree (source_id, user_id) WHERE (shared = 1);
create table migration (
  version integer not null,
  name text not null,
  applied_at bigint not null,
  constraint migration_pkey PRIMARY KEY (version)
);
create table naming (
  integration_id text not null,
  person text not null,
  alias text not null,
  left_at bigint,
  constraint naming_pkey PRIMARY KEY (integration_id, person, alias)
);
CREATE INDEX naming_alias ON public.naming USING btree (integration_id, alias);
create table probe (
  id integer not null,
  at bigint not null,
  constraint probe_pkey PRIMARY KEY (id)
);
create table replay (
  id text not null,
  kind text not null,
  criteria text not null,
  actor text not null,
  idempotency_key text,
  fingerprint text,
  total bigint not null,
  withdrawals bigint not null,
  made_due bigint default 0 not null,
  last_done text default ''::text not null,
  through text not null,
  created_at bigint not null,
  made_at bigint,
  finished_at bigint,
  constraint replay_idempotency_key_key UNIQUE (idempotency_key),
  constraint replay_kind_check CHECK ((kind = ANY (ARRAY['debts'::text, 'resync'::text]))),
  constraint replay_pkey PRIMARY KEY (id)
);
CREATE INDEX replay_open ON public.replay USING btree (id) WHERE (finished_at IS NULL);
create table retention (
  id integer not null,
  bodies integer,
  quarantine integer,
  attempts integer,
  audit integer,
  bodies_done text default ''::text not null,
  anonymous integer,
  constraint retention_id_check CHECK ((id = 1)),
  constraint retention_pkey PRIMARY KEY (id)
);
create table retracted (
  source_id text not null,
  person text not null,
  at bigint not null,
  constraint retracted_pkey PRIMARY KEY (source_id, person)
);
CREATE INDEX retracted_at ON public.retracted USING btree (source_id, at);
create table seal (
  id integer not null,
  canary bytea not null,
  constraint seal_id_check CHECK ((id = 1)),
  constraint seal_pkey PRIMARY KEY (id)
);
create table session (
  id text not null,
  account_id text not null,
  hash text not null,
  agent text not null,
  created_at bigint not null,
  seen_at bigint not null,
  proved_at bigint default 0 not null,
  constraint session_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id),
  constraint session_hash_key UNIQUE (hash),
  constraint session_pkey PRIMARY KEY (id)
);
CREATE INDEX session_account ON public.session USING btree (account_id);
create table setup (
  id integer not null,
  hash text not null,
  created_at bigint not null,
  constraint setup_id_check CHECK ((id = 1)),
  constraint setup_pkey PRIMARY KEY (id)
);
create table source (
  id text not null,
  name text not null,
  organization_id text,
  feed text,
  auth_type text not null,
  created_at bigint not null,
  constraint source_auth_type_check CHECK ((auth_type = ANY (ARRAY['bearer'::text, 'oauth2'::text]))),
  constraint source_feed_check CHECK ((feed = ANY (ARRAY['user'::text, 'event'::text]))),
  constraint source_pkey PRIMARY KEY (id)
);
create table source_secret (
  id text not null,
  source_id text not null,
  kind text not null,
  client_id text,
  hash text not null,
  created_at bigint not null,
  expires_at bigint,
  used_at bigint,
  constraint source_secret_client_id_key UNIQUE (client_id),
  constraint source_secret_hash_key UNIQUE (hash),
  constraint source_secret_kind_check CHECK ((kind = ANY (ARRAY['bearer'::text, 'client'::text]))),
  constraint source_secret_pkey PRIMARY KEY (id),
  constraint source_secret_source_id_fkey FOREIGN KEY (source_id) REFERENCES source(id)
);
CREATE UNIQUE INDEX source_secret_current ON public.source_secret USING btree (source_id) WHERE (expires_at IS NULL);
CREATE UNIQUE INDEX source_secret_previous ON public.source_secret USING btree (source_id) WHERE (expires_at IS NOT NULL);
create table source_size (
  source_id text not null,
  people bigint not null,
  counted_at bigint not null,
  constraint source_size_pkey PRIMARY KEY (source_id)
);
create table suppressed (
  hash text not null,
  chosen_by bigint not null,
  constraint suppressed_pkey PRIMARY KEY (hash)
);
create table tag_claim (
  integration_id text not null,
  tag text not null,
  data_centre text not null,
  audience_id text not null,
  fills integer not null,
  field_id bigint,
  constraint tag_claim_fills_check CHECK ((fills = ANY (ARRAY[0, 1]))),
  constraint tag_claim_integration_id_fkey FOREIGN KEY (integration_id) REFERENCES integration(id) ON DELETE CASCADE,
  constraint tag_claim_pkey PRIMARY KEY (integration_id, tag)
);
CREATE UNIQUE INDEX tag_claim_filled ON public.tag_claim USING btree (data_centre, audience_id, tag) WHERE (fills = 1);
CREATE INDEX tag_claim_waiting ON public.tag_claim USING btree (data_centre, audience_id, tag) WHERE (fills = 0);
create table tally (
  source_id text not null,
  kind text not null,
  family text not null,
  n bigint not null,
  constraint tally_pkey PRIMARY KEY (source_id, kind, family),
  constraint tally_source_id_fkey FOREIGN KEY (source_id) REFERENCES source(id)
);
create table to_owe (
  integration_id text not null,
  after_person text not null,
  owed bigint not null,
  since bigint not null,
  constraint to_owe_integration_id_fkey FOREIGN KEY (integration_id) REFERENCES integration(id) ON DELETE CASCADE,
  constraint to_owe_pkey PRIMARY KEY (integration_id)
);
create table token (
  id text not null,
  name text not null,
  role text not null,
  hash text not null,
  created_at bigint not null,
  revoked_at bigint,
  constraint token_hash_key UNIQUE (hash),
  constraint token_pkey PRIMARY KEY (id),
  constraint token_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'operator'::text, 'viewer'::text])))
);
create table tombstone (
  source_id text not null,
  key text not null,
  constraint tombstone_pkey PRIMARY KEY (source_id, key),
  constraint tombstone_source_id_fkey FOREIGN KEY (source_id) REFERENCES source(id)
);
create table unproven (
  id text not null,
  at bigint not null,
  integration_id text not null,
  integration_name text,
  data_centre text not null,
  audience_id text not null,
  person text not null,
  contact text,
  tags text not null,
  reason text,
  constraint unproven_pkey PRIMARY KEY (id)
);
CREATE INDEX unproven_person ON public.unproven USING btree (person);
create table upgrade (
  id integer not null,
  step text not null,
  after_group text default ''::text not null,
  after_item text default ''::text not null,
  through text not null,
  known text not null,
  accepted integer default 0 not null,
  constraint upgrade_id_check CHECK ((id = 1)),
  constraint upgrade_pkey PRIMARY KEY (id),
  constraint upgrade_step_check CHECK ((step = ANY (ARRAY['naming'::text, 'reading'::text, 'adopting'::text, 'owing'::text, 'done'::text])))
);
