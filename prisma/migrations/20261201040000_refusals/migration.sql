-- What a transaction depends on fails in Postgres itself, so that COMMIT can be sent along with the last statements: when one of
-- them is refused, nothing behind it is run. The codes are read in packages/platform/src/postgres/refusals.ts.
CREATE FUNCTION "mlc_require"("changed" bigint) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
  IF changed = 0 THEN
    RAISE EXCEPTION 'mlc: no row was changed' USING ERRCODE = 'MLC01';
  END IF;
  RETURN changed;
END $$;

-- Closes the gates of the locks a job holds until the transaction ends, then looks whether the sessions live that hold them.
CREATE FUNCTION "mlc_pass"("gates" bigint[], "lives" bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  life bigint;
BEGIN
  PERFORM pg_advisory_xact_lock_shared(gate) FROM unnest(gates) AS gate;
  FOREACH life IN ARRAY lives LOOP
    IF pg_try_advisory_xact_lock_shared(life) THEN
      RAISE EXCEPTION '%', life USING ERRCODE = 'MLC02';
    END IF;
  END LOOP;
END $$;
