-- Database roles of the door's parts. Run once by an owner of the schema; give the roles to the logins of the parts.
DO $$
DECLARE wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['candour_door', 'candour_relay', 'candour_clock', 'candour_reader',
                                  'candour_reporter_reader', 'candour_eraser'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
        END IF;
        EXECUTE format('GRANT USAGE ON SCHEMA door TO %I', wanted);
    END LOOP;
END $$;

-- Intake writes; it may add texts and a reporter's identity, and never read one.
GRANT SELECT, INSERT, UPDATE ON door.cases, door.events TO candour_door;
GRANT SELECT, INSERT ON door.outbox, door.case_keys, door.receipts, door.answers TO candour_door;
GRANT INSERT ON door.vault, door.reporters TO candour_door;
GRANT SELECT ON door.ticks, door.adoptions, door.schema_ids, door.providers TO candour_door;

GRANT SELECT, DELETE ON door.outbox TO candour_relay;
GRANT SELECT, INSERT, UPDATE, DELETE ON door.delivered TO candour_relay;

GRANT SELECT, INSERT ON door.outbox, door.ticks TO candour_clock;
GRANT SELECT, INSERT, UPDATE ON door.clock_notes TO candour_clock;
GRANT SELECT ON door.schema_ids TO candour_clock;

-- The pages: what a case is about; what was written about it and who decided, by functions that write down each read.
GRANT SELECT ON door.cases, door.events, door.case_keys, door.ticks, door.outbox, door.providers, door.receipts,
    door.clock_notes TO candour_reader;
GRANT EXECUTE ON FUNCTION door.read_texts(uuid, text, text, text) TO candour_reader;
GRANT EXECUTE ON FUNCTION door.read_deciders(uuid, text, text, text) TO candour_reader;
GRANT SELECT ON door.text_reads, door.decider_reads, door.reporter_reads TO candour_reader;
REVOKE SELECT ON door.vault FROM candour_door, candour_reader; -- an earlier release gave it

-- Who reported: through the function that writes down each read, and in no other way.
GRANT EXECUTE ON FUNCTION door.read_reporter(uuid, text, text) TO candour_reporter_reader;
GRANT SELECT ON door.case_keys TO candour_reporter_reader;

GRANT SELECT, UPDATE ON door.case_keys TO candour_eraser;
