import { type Migration } from '../engine/migrate.ts'

/**
 * R33: what a debt waits behind, by target, so that an answer counts for what it was about. Of what waited before it is
 * not known which targets it was: an empty name stands for all that was retracted then, until the debt is decided again.
 */
export const brakedTarget: Migration = {
  version: 31,
  name: 'braked target',
  sql: () => [
    `create table braked_target (
       integration_id text not null, person text not null, target text not null, brake_id text not null,
       waits integer not null, primary key (integration_id, person, target),
       foreign key (integration_id, person) references delivery (integration_id, person)
         on delete cascade on update cascade)`,
    'create index braked_target_brake on braked_target (brake_id, integration_id, person) where waits = 1',
    `insert into braked_target (integration_id, person, target, brake_id, waits)
     select integration_id, person, '', brake_id, braked from delivery where brake_id is not null`,
    'drop index delivery_braked',
    'update delivery set braked = 1 where brake_id is not null',
    'alter table delivery drop column brake_id',
  ],
}
