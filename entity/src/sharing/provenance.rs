//! The history of a row.

use super::{Class, Department, FieldSpec, Group, Mask, Type, code_lists, field};

/// When and by whom a record was collected: the same five columns on every personal record
/// (seed A 三(四): collected in real time, entered as it changes, updated promptly).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provenance {
    /// The system it came from.
    SourceSystem,
    /// The department that collected it.
    CollectedBy,
    /// When it was collected.
    CollectedAt,
    /// When it was entered.
    RecordedAt,
    /// When it was last changed.
    UpdatedAt,
}

impl Provenance {
    /// The field, under the group and class of its kind.
    pub fn field(self, group: Group, class: Class) -> FieldSpec {
        let (name, ty, zh, en) = match self {
            Provenance::SourceSystem => ("sourceSystem", Type::String, "来源系统", "source system"),
            Provenance::CollectedBy => {
                ("collectedBy", Type::Code, "采集部门", "collecting department")
            }
            Provenance::CollectedAt => ("collectedAt", Type::DateTime, "采集时间", "collected at"),
            Provenance::RecordedAt => ("recordedAt", Type::DateTime, "录入时间", "recorded at"),
            Provenance::UpdatedAt => ("updatedAt", Type::DateTime, "更新时间", "updated at"),
        };
        // Beside the birth date of a person whose row was made at birth, at most its year. The
        // catalogue makes it finer where the kind has dates of its own.
        let mask = match (class, ty) {
            (Class::C4, _) => Mask::Redact,
            (_, Type::DateTime) => Mask::Year,
            _ => Mask::Plain,
        };
        let spec = field(name, ty, group, class, mask, Department::Gateway)
            .label(zh, en)
            .standard("seed A 三(四)")
            .provenance();
        match self {
            // What was collected on arrival is as old as the arrival; when it was entered and last
            // changed is more than that.
            Provenance::CollectedAt => spec,
            Provenance::CollectedBy => spec.coarse(Mask::Redact).codes(&code_lists::DEPARTMENTS),
            _ => spec.coarse(Mask::Redact),
        }
    }
}
