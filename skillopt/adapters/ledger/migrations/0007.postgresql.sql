-- Rows that break a constraint are kept, so that `verify` names them; it is then not validated.

ALTER TABLE ledger_state ADD CONSTRAINT ledger_state_one CHECK (id = 1) NOT VALID;

ALTER TABLE runs ADD CONSTRAINT runs_in_chain CHECK (seq > 0) NOT VALID;

ALTER TABLE run_ends ADD CONSTRAINT run_ends_in_chain CHECK (seq > 0) NOT VALID;

ALTER TABLE versions ADD CONSTRAINT versions_in_chain CHECK (seq > 0) NOT VALID;

ALTER TABLE rollouts ADD CONSTRAINT rollouts_in_chain CHECK (seq > 0) NOT VALID;

ALTER TABLE exchanges ADD CONSTRAINT exchanges_in_chain CHECK (seq > 0) NOT VALID;

ALTER TABLE rounds ADD CONSTRAINT rounds_in_chain CHECK (seq > 0) NOT VALID;

ALTER TABLE edits ADD CONSTRAINT edits_in_chain CHECK (seq > 0) NOT VALID;

ALTER TABLE head_moves ADD CONSTRAINT head_moves_in_chain CHECK (seq > 0) NOT VALID;

ALTER TABLE prunings ADD CONSTRAINT prunings_in_chain CHECK (seq > 0) NOT VALID;

ALTER TABLE imports ADD CONSTRAINT imports_in_chain CHECK (seq > 0) NOT VALID;

ALTER TABLE ablations ADD CONSTRAINT ablations_in_chain CHECK (seq > 0) NOT VALID;

ALTER TABLE skill_moves ADD CONSTRAINT skill_moves_in_chain CHECK (seq > 0) NOT VALID;

DO $$
DECLARE
    added RECORD;
BEGIN
    FOR added IN
        SELECT conrelid::regclass AS place, conname FROM pg_constraint
        WHERE conname ~ '_in_chain$|^ledger_state_one$' AND NOT convalidated AND connamespace = (
            SELECT relnamespace FROM pg_class WHERE oid = 'ledger_state'::regclass
        )
    LOOP
        BEGIN
            EXECUTE 'ALTER TABLE ' || added.place || ' VALIDATE CONSTRAINT ' || added.conname;
        EXCEPTION WHEN check_violation THEN
            NULL;
        END;
    END LOOP;
END
$$;
