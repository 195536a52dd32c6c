-- The first day (YYYY-MM-DD) on or after the given one that is in no closed month of the business; none is closed until the
-- transaction ends. The same as firstOpenDate in core, for statements that date rows while they insert them.
CREATE FUNCTION "first_open_day"(text, text) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  day text := $2;
BEGIN
  PERFORM pg_advisory_xact_lock_shared(hashtextextended('periods:' || $1, 0));
  WHILE EXISTS (SELECT FROM "closed_periods" WHERE "business_id" = $1 AND "month" = left(day, 7)) LOOP
    day := to_char(to_date(left(day, 7), 'YYYY-MM') + interval '1 month', 'YYYY-MM-DD');
  END LOOP;
  RETURN day;
END
$$;
