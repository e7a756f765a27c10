-- Computed columns for PostGraphile without policies: what the handlers by hand compute in a SELECT.

CREATE FUNCTION person_birth_year(p person) RETURNS text LANGUAGE sql STABLE AS
    $$ SELECT substr(p.birth_date::text, 1, 4) $$;

CREATE FUNCTION residence_registration_arrival_month(r residence_registration) RETURNS text
    LANGUAGE sql STABLE AS $$ SELECT substr(r.arrival_date::text, 1, 7) $$;

CREATE FUNCTION infectious_disease_report_patient_on_books(
    r infectious_disease_report, organization bigint, today date
) RETURNS person LANGUAGE sql STABLE AS $$
    SELECT p FROM person p WHERE p.id = r.person_id AND EXISTS (
        SELECT 1 FROM caseload c WHERE c.person_id = p.id AND c.organization_id = organization
        AND c.started_on <= today AND (c.ended_on IS NULL OR c.ended_on > today)
    )
$$;
