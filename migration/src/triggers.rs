//! The one trigger of the gateway, as its step makes it and as verification expects it: any other
//! would alter rows behind the gateway's back.
//!
//! It keeps a person's `updated_at` apart from the instant of the telephone number, which has a
//! collector of its own. That somebody else holds the same number moves neither.

use sea_orm::DbBackend;

/// Its name, and on PostgreSQL that of its function.
pub const NAME: &str = "person_phone_updated";

/// The table it stands on.
pub const TABLE: &str = "person";

/// Every column of a person but the number's own and `updated_at`.
const OTHERS: [&str; 18] = [
    "residence_unit_id",
    "name",
    "id_type",
    "id_number",
    "id_number_valid",
    "sex",
    "birth_date",
    "ethnicity",
    "nationality",
    "emergency_contact",
    "marital_status",
    "education",
    "vital_status",
    "legally_incapacitated",
    "source_system",
    "collecting_department",
    "collected_at",
    "recorded_at",
];

const FUNCTION: &str = " BEGIN \
IF NEW.phone IS NOT DISTINCT FROM OLD.phone \
AND NEW.phone_collected_by IS NOT DISTINCT FROM OLD.phone_collected_by THEN RETURN NEW; END IF; \
IF NEW.phone IS DISTINCT FROM OLD.phone \
AND NEW.phone_updated_at IS NOT DISTINCT FROM OLD.phone_updated_at THEN \
NEW.phone_updated_at := CASE WHEN NEW.updated_at IS DISTINCT FROM OLD.updated_at \
THEN NEW.updated_at ELSE now() END; END IF; \
IF ({others}) THEN NEW.updated_at := OLD.updated_at; END IF; RETURN NEW; END ";

const SQLITE: &str = "\
CREATE TRIGGER person_phone_updated AFTER UPDATE ON person \
WHEN NEW.phone IS NOT OLD.phone OR NEW.phone_collected_by IS NOT OLD.phone_collected_by BEGIN \
UPDATE person SET \
phone_updated_at = CASE WHEN NEW.phone_updated_at IS NOT OLD.phone_updated_at \
THEN NEW.phone_updated_at WHEN NEW.phone IS OLD.phone THEN OLD.phone_updated_at \
WHEN NEW.updated_at IS NOT OLD.updated_at THEN NEW.updated_at \
ELSE strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now') END, \
updated_at = CASE WHEN {others} THEN OLD.updated_at ELSE NEW.updated_at END \
WHERE id = NEW.id; END";

fn others(same: &str) -> String {
    OTHERS.map(|column| format!("NEW.{column} {same} OLD.{column}")).join(" AND ")
}

/// The body of its function on PostgreSQL.
pub fn function() -> String {
    FUNCTION.replace("{others}", &others("IS NOT DISTINCT FROM"))
}

/// What makes it.
pub fn create(backend: DbBackend) -> String {
    match backend {
        // Bare of conditions and columns: what it does stands in its function alone.
        DbBackend::Postgres => format!(
            "CREATE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS $${}$$; \
             CREATE TRIGGER {NAME} BEFORE UPDATE ON {TABLE} FOR EACH ROW EXECUTE FUNCTION {NAME}()",
            function()
        ),
        _ => SQLITE.replace("{others}", &others("IS")),
    }
}
