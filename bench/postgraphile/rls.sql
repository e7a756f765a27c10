-- The entitlement of the role PO as PostgreSQL enforces it: a role that reads the columns granted
-- to it, and policies that bound rows by the token's unit and department.

DO $$ BEGIN
    CREATE ROLE bench_police NOLOGIN;
EXCEPTION WHEN duplicate_object THEN NULL;
END $$;

GRANT USAGE ON SCHEMA public TO bench_police;
GRANT SELECT (
    id, residence_unit_id, name, id_type, id_number, id_number_valid, sex, birth_date, ethnicity,
    nationality, marital_status, education, vital_status, collecting_department
) ON person TO bench_police;
GRANT SELECT (
    id, person_id, admin_unit_code, residence_region_code, residence_address, arrival_date,
    departure_date, expected_stay, move_reason, dwelling_type, collecting_department
) ON residence_registration TO bench_police;
GRANT SELECT (
    id, person_id, employment_status, occupation, industry, employer_name, has_labor_contract,
    collecting_department
) ON employment TO bench_police;

ALTER TABLE person ENABLE ROW LEVEL SECURITY;
ALTER TABLE residence_registration ENABLE ROW LEVEL SECURITY;
ALTER TABLE employment ENABLE ROW LEVEL SECURITY;

-- A subquery makes PostgreSQL read a setting once a statement instead of once a row.
CREATE POLICY police ON person FOR SELECT TO bench_police USING (
    residence_unit_id BETWEEN
        (SELECT current_setting('jwt.claims.unit_low')::bigint)
        AND (SELECT current_setting('jwt.claims.unit_high')::bigint)
    AND collecting_department = (SELECT current_setting('jwt.claims.department'))
);
CREATE POLICY police ON residence_registration FOR SELECT TO bench_police USING (
    collecting_department = (SELECT current_setting('jwt.claims.department'))
    AND EXISTS (SELECT 1 FROM person WHERE person.id = residence_registration.person_id)
);
CREATE POLICY police ON employment FOR SELECT TO bench_police USING (
    collecting_department = (SELECT current_setting('jwt.claims.department'))
    AND EXISTS (SELECT 1 FROM person WHERE person.id = employment.person_id)
);
