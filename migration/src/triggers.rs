//! The one trigger of the gateway, as its step makes it and as verification expects it: any other
//! would alter rows behind the gateway's back.
//!
//! It keeps a person's `updated_at` apart from the instant of the telephone number, which has a
//! collector of its own, and from what other departments collect. That somebody else holds the same number
//! moves neither.

use sea_orm::DbBackend;

/// Its name, and on PostgreSQL that of its function.
pub const NAME: &str = "person_phone_updated";

/// The table it stands on.
pub const TABLE: &str = "person";

/// What the trigger goes by: it changes where a step adds a column to persons.
pub(crate) struct Version {
    /// The number, what is of it alone, and of which departments values stand beside the row.
    apart: &'static [&'static str],
    /// Every other column but `updated_at`.
    others: &'static [&'static [&'static str]],
}

/// As it was first made.
pub(crate) const FIRST: Version =
    Version { apart: &["phone", "phone_collected_by"], others: &[&OTHERS] };

/// Since it is known when a number was collected, and there are values beside the row.
pub(crate) const COLLECTED: Version = Version {
    apart: &["phone", "phone_collected_by", "phone_collected_at", "collectors_beside"],
    others: &[&OTHERS],
};

/// Since an emergency contact may be a person here.
pub(crate) const CONTACT: Version =
    Version { apart: COLLECTED.apart, others: &[&OTHERS, &OF_CONTACT] };

/// Since a person has former names and numbers.
pub(crate) const FORMER: Version =
    Version { apart: COLLECTED.apart, others: &[&OTHERS, &OF_CONTACT, &FURTHER] };

/// Since nothing is stored of whether a number is valid.
pub(crate) const COMPUTED: Version =
    Version { apart: COLLECTED.apart, others: &[&OF_ROW, &OF_CONTACT, &FURTHER] };

/// As it is.
const CURRENT: Version = COMPUTED;

const FURTHER: [&str; 3] = ["former_names", "former_id_numbers", "id_missing_reason"];

const OF_CONTACT: [&str; 2] = ["emergency_contact_person_id", "emergency_contact_relation"];

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

/// The same without what is no column any more.
const OF_ROW: [&str; 17] = [
    "residence_unit_id",
    "name",
    "id_type",
    "id_number",
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
IF {apart} THEN RETURN NEW; END IF; \
IF NEW.phone IS DISTINCT FROM OLD.phone \
AND NEW.phone_updated_at IS NOT DISTINCT FROM OLD.phone_updated_at THEN \
NEW.phone_updated_at := CASE WHEN NEW.updated_at IS DISTINCT FROM OLD.updated_at \
THEN NEW.updated_at ELSE now() END; END IF; \
IF ({others}) THEN NEW.updated_at := OLD.updated_at; END IF; RETURN NEW; END ";

const SQLITE: &str = "\
CREATE TRIGGER person_phone_updated AFTER UPDATE ON person \
WHEN NOT ({apart}) BEGIN \
UPDATE person SET \
phone_updated_at = CASE WHEN NEW.phone_updated_at IS NOT OLD.phone_updated_at \
THEN NEW.phone_updated_at WHEN NEW.phone IS OLD.phone THEN OLD.phone_updated_at \
WHEN NEW.updated_at IS NOT OLD.updated_at THEN NEW.updated_at \
ELSE strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now') END, \
updated_at = CASE WHEN {others} THEN OLD.updated_at ELSE NEW.updated_at END \
WHERE id = NEW.id; END";

impl Version {
    fn fill(&self, text: &str, same: &str) -> String {
        let all = |columns: &[&str]| {
            let each = columns.iter().map(|column| format!("NEW.{column} {same} OLD.{column}"));
            each.collect::<Vec<_>>().join(" AND ")
        };
        text.replace("{apart}", &all(self.apart)).replace("{others}", &all(&self.others.concat()))
    }

    fn function(&self) -> String {
        self.fill(FUNCTION, "IS NOT DISTINCT FROM")
    }

    /// What makes it.
    pub(crate) fn create(&self, backend: DbBackend) -> String {
        match backend {
            // Bare of conditions and columns: what it does stands in its function alone.
            DbBackend::Postgres => format!(
                "CREATE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS $${}$$; \
                 CREATE TRIGGER {NAME} BEFORE UPDATE ON {TABLE} FOR EACH ROW \
                 EXECUTE FUNCTION {NAME}()",
                self.function()
            ),
            _ => self.fill(SQLITE, "IS"),
        }
    }
}

/// The body of its function on PostgreSQL.
pub fn function() -> String {
    CURRENT.function()
}

/// What makes it.
pub fn create(backend: DbBackend) -> String {
    CURRENT.create(backend)
}

/// What takes it away.
pub(crate) fn drop(backend: DbBackend) -> String {
    match backend {
        DbBackend::Postgres => {
            format!("DROP TRIGGER {NAME} ON {TABLE}; DROP FUNCTION {NAME}()")
        }
        _ => format!("DROP TRIGGER {NAME}"),
    }
}
