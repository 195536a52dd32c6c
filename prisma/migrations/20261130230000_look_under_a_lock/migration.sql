-- Each takes an advisory lock and looks only then, in one statement of its caller: a volatile function sees what was
-- committed while it waited, which a lock taken beside the SELECT of one statement would not.

-- Business, earliest month (YYYY-MM). Holds off closing a month of the business until the transaction ends.
CREATE FUNCTION "closed_months_from"(text, text) RETURNS SETOF text LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(hashtextextended('periods:' || $1, 0));
  RETURN QUERY SELECT "month" FROM "closed_periods" WHERE "business_id" = $1 AND "month" >= $2;
END
$$;

-- Business, and provider, type and id of the source. Holds off booking a payout of the business until the transaction ends.
CREATE FUNCTION "ledger_entries_of"(text, text, text, text) RETURNS SETOF "ledger_entries" LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(hashtextextended('payouts:' || $1, 0));
  RETURN QUERY SELECT e.* FROM "ledger_entries" e
    WHERE e."business_id" = $1 AND e."source_provider" = $2 AND e."source_type" = $3 AND e."source_id" = $4;
END
$$;
