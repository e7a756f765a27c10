//! Departments (部门).

use serde::{Deserialize, Serialize};

/// A department (部门): whom a role belongs to, who owns a field, who collected a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Department {
    /// 卫生计生
    Health,
    /// 公安
    Police,
    /// 民政
    CivilAffairs,
    /// 综治
    Governance,
    /// 农民工办
    MigrantWorkers,
    /// 财政
    Finance,
    /// 受托社会组织
    Social,
    /// 监督
    Oversight,
    /// 本人
    Subject,
    /// The gateway itself, as owner of what it derives.
    Gateway,
}

impl Department {
    /// All departments.
    pub const ALL: [Department; 10] = [
        Department::Health,
        Department::Police,
        Department::CivilAffairs,
        Department::Governance,
        Department::MigrantWorkers,
        Department::Finance,
        Department::Social,
        Department::Oversight,
        Department::Subject,
        Department::Gateway,
    ];

    /// The code stored in tables, tokens and access records.
    pub const fn code(self) -> &'static str {
        match self {
            Department::Health => "health",
            Department::Police => "police",
            Department::CivilAffairs => "civil_affairs",
            Department::Governance => "governance",
            Department::MigrantWorkers => "migrant_workers",
            Department::Finance => "finance",
            Department::Social => "social",
            Department::Oversight => "oversight",
            Department::Subject => "subject",
            Department::Gateway => "gateway",
        }
    }

    /// The bit by which a row tells of several departments at once. Rows are stored with it.
    pub const fn bit(self) -> i32 {
        match self {
            Department::Health => 1,
            Department::Police => 2,
            Department::CivilAffairs => 4,
            Department::Governance => 8,
            Department::MigrantWorkers => 16,
            Department::Finance => 32,
            Department::Social => 64,
            Department::Oversight => 128,
            Department::Subject => 256,
            Department::Gateway => 512,
        }
    }

    /// The Chinese name.
    pub const fn label_zh(self) -> &'static str {
        match self {
            Department::Health => "卫生计生",
            Department::Police => "公安",
            Department::CivilAffairs => "民政",
            Department::Governance => "综治",
            Department::MigrantWorkers => "农民工办",
            Department::Finance => "财政",
            Department::Social => "受托社会组织",
            Department::Oversight => "监督",
            Department::Subject => "本人",
            Department::Gateway => "网关",
        }
    }

    /// The source of truth as the data dictionary writes it, unless a field says otherwise.
    pub const fn steward(self) -> &'static str {
        match self {
            Department::Gateway => "gateway",
            other => other.label_zh(),
        }
    }

    /// The department whose code this is.
    pub fn parse(code: &str) -> Option<Department> {
        Department::ALL.into_iter().find(|department| department.code() == code)
    }
}
