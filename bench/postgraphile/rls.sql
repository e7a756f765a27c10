-- The entitlements of six roles as PostgreSQL enforces them: roles that read the columns granted to
-- them, and policies that bound rows by the token's unit, department and organization.

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['police', 'population', 'street', 'workers', 'clinic', 'reports'] LOOP
        IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'bench_' || name) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', 'bench_' || name);
        END IF;
        EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', 'bench_' || name);
    END LOOP;
END $$;

-- What policies ask that their callers may not: views of the owner, in a schema that is not served.
-- A subquery makes PostgreSQL read a setting once a statement instead of once a row.

CREATE SCHEMA bench;
GRANT USAGE ON SCHEMA bench TO bench_street, bench_workers, bench_clinic, bench_reports;

CREATE VIEW bench.resident AS SELECT id FROM person WHERE residence_unit_id BETWEEN
    (SELECT current_setting('jwt.claims.unit_low')::bigint)
    AND (SELECT current_setting('jwt.claims.unit_high')::bigint);
CREATE VIEW bench.on_books AS SELECT person_id FROM caseload
    WHERE organization_id = (SELECT current_setting('jwt.claims.organization')::bigint)
    AND started_on <= (SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date)
    AND (ended_on IS NULL OR ended_on > (SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date));
CREATE VIEW bench.consented AS SELECT person_id, field_group FROM consent
    WHERE recipient_department = 'migrant_workers' AND purpose = 'P-EMP' AND given_at <= now()
    AND (expires_at IS NULL OR expires_at > now())
    AND (withdrawn_at IS NULL OR withdrawn_at > now());
GRANT SELECT ON bench.resident TO bench_reports;
GRANT SELECT ON bench.on_books TO bench_clinic, bench_reports;
GRANT SELECT ON bench.consented TO bench_workers;

ALTER TABLE person ENABLE ROW LEVEL SECURITY;
ALTER TABLE residence_registration ENABLE ROW LEVEL SECURITY;
ALTER TABLE employment ENABLE ROW LEVEL SECURITY;
ALTER TABLE household_registration ENABLE ROW LEVEL SECURITY;
ALTER TABLE health_record ENABLE ROW LEVEL SECURITY;
ALTER TABLE infectious_disease_report ENABLE ROW LEVEL SECURITY;

-- Police and population officers see what the police collected of their unit's persons.

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
GRANT SELECT (id, ethnicity) ON person TO bench_population;
GRANT SELECT (id, person_id, hukou_region_code, hukou_address) ON household_registration
    TO bench_population;

CREATE POLICY of_department ON person FOR SELECT TO bench_police, bench_population USING (
    residence_unit_id BETWEEN
        (SELECT current_setting('jwt.claims.unit_low')::bigint)
        AND (SELECT current_setting('jwt.claims.unit_high')::bigint)
    AND collecting_department = (SELECT current_setting('jwt.claims.department'))
);
CREATE POLICY of_department ON residence_registration FOR SELECT TO bench_police USING (
    collecting_department = (SELECT current_setting('jwt.claims.department'))
    AND EXISTS (SELECT 1 FROM person WHERE person.id = residence_registration.person_id)
);
CREATE POLICY of_department ON employment FOR SELECT TO bench_police USING (
    collecting_department = (SELECT current_setting('jwt.claims.department'))
    AND EXISTS (SELECT 1 FROM person WHERE person.id = employment.person_id)
);
CREATE POLICY of_department ON household_registration FOR SELECT TO bench_population USING (
    collecting_department = (SELECT current_setting('jwt.claims.department'))
    AND EXISTS (SELECT 1 FROM person WHERE person.id = household_registration.person_id)
);

-- Street workers see their caseload, dates cut. No column grant masks a column, so these are views.

CREATE VIEW street_person WITH (security_barrier) AS
    SELECT id, name, substr(birth_date::text, 1, 4) AS birth_date FROM person
    WHERE id IN (SELECT person_id FROM bench.on_books)
    AND residence_unit_id BETWEEN
        (SELECT current_setting('jwt.claims.unit_low')::bigint)
        AND (SELECT current_setting('jwt.claims.unit_high')::bigint);
COMMENT ON VIEW street_person IS '@primaryKey id';
CREATE VIEW street_residence WITH (security_barrier) AS
    SELECT id, person_id, residence_address, substr(arrival_date::text, 1, 7) AS arrival_date
    FROM residence_registration WHERE person_id IN (SELECT person_id FROM bench.on_books);
COMMENT ON VIEW street_residence IS E'@primaryKey id\n@foreignKey (person_id) references street_person (id)';
GRANT SELECT ON street_person, street_residence TO bench_street;

-- A migrant workers' service sees who consented, of fourteen years and more.

GRANT SELECT (id, name) ON person TO bench_workers;
GRANT SELECT (id, person_id, occupation, industry, has_labor_contract) ON employment
    TO bench_workers;
CREATE POLICY consented ON person FOR SELECT TO bench_workers USING (
    residence_unit_id BETWEEN
        (SELECT current_setting('jwt.claims.unit_low')::bigint)
        AND (SELECT current_setting('jwt.claims.unit_high')::bigint)
    AND birth_date <= (SELECT ((now() AT TIME ZONE 'Asia/Shanghai')::date - interval '14 years')::date)
    AND EXISTS (
        SELECT 1 FROM bench.consented WHERE person_id = person.id AND field_group = 'G02'
    )
);
CREATE POLICY consented ON employment FOR SELECT TO bench_workers USING (
    EXISTS (
        SELECT 1 FROM bench.consented c
        WHERE c.person_id = employment.person_id AND c.field_group = 'G11'
    )
);

-- A clinic sees its caseload.

GRANT SELECT (id, name, sex, birth_date) ON person TO bench_clinic;
GRANT SELECT (id, person_id, record_number, blood_type) ON health_record TO bench_clinic;
CREATE POLICY on_books ON person FOR SELECT TO bench_clinic USING (
    residence_unit_id BETWEEN
        (SELECT current_setting('jwt.claims.unit_low')::bigint)
        AND (SELECT current_setting('jwt.claims.unit_high')::bigint)
    AND EXISTS (SELECT 1 FROM bench.on_books WHERE person_id = person.id)
);
CREATE POLICY on_books ON health_record FOR SELECT TO bench_clinic USING (
    EXISTS (SELECT 1 FROM bench.on_books b WHERE b.person_id = health_record.person_id)
);

-- Disease control sees reports of its unit's persons, and the persons of its cases.

GRANT SELECT (id, name, birth_date) ON person TO bench_reports;
GRANT SELECT (id, person_id, disease_code, onset_date, free_treatment_enrolled, reported_at)
    ON infectious_disease_report TO bench_reports;
CREATE POLICY cases ON person FOR SELECT TO bench_reports USING (
    EXISTS (SELECT 1 FROM bench.on_books WHERE person_id = person.id)
);
CREATE POLICY of_unit ON infectious_disease_report FOR SELECT TO bench_reports USING (
    EXISTS (SELECT 1 FROM bench.resident r WHERE r.id = infectious_disease_report.person_id)
);
