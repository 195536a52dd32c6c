-- A FreshBooks account and a PayPal merchant belong to one business. Of businesses that share one from before, the oldest keeps
-- it; the connections of the others are held: nothing runs over them, and every command that meets them names both businesses.
DO $$
DECLARE twin RECORD;
BEGIN
  FOR twin IN
    UPDATE "connections" SET "state" = 'held', "revision" = "revision" + 1
    FROM (
      SELECT "id", "business_id", "provider", "account",
        first_value("business_id") OVER "same" AS "owner_id", row_number() OVER "same" AS "place"
      FROM (
        SELECT *, CASE "provider" WHEN 'freshbooks' THEN "settings"->>'accountId'
          WHEN 'paypal' THEN "settings"->>'merchantId' END AS "account"
        FROM "connections"
      ) AS "named"
      WHERE "account" IS NOT NULL
      WINDOW "same" AS (PARTITION BY "provider", "account" ORDER BY "created_at", "id")
    ) AS "ranked"
    WHERE "connections"."id" = "ranked"."id" AND "ranked"."place" > 1
    RETURNING "ranked"."provider", "ranked"."account",
      (SELECT "slug" FROM "businesses" WHERE "id" = "ranked"."business_id") AS "held",
      (SELECT "slug" FROM "businesses" WHERE "id" = "ranked"."owner_id") AS "owner"
  LOOP
    RAISE WARNING '% account % is connected by two businesses: % keeps it, and % is held from now on (mlc doctor says what to do)',
      twin."provider", twin."account", twin."owner", twin."held";
  END LOOP;
END
$$;

CREATE UNIQUE INDEX "connections_one_business" ON "connections" ("provider", (CASE "provider"
  WHEN 'freshbooks' THEN "settings"->>'accountId' WHEN 'paypal' THEN "settings"->>'merchantId' END)) WHERE "state" <> 'held';
