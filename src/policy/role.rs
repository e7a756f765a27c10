//! The 24 roles (角色) of six departments, the commissioned societies, oversight and the person; and
//! the stewards, who administer what those may see and see nobody's data.

use entity::sharing::Department;

/// A duty a caller acts in. One at a time; rights never add up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[rustfmt::skip]
pub enum Role {
    HC, HF, HV, HM, HI, HX, HP, HE, HO, HA,
    PO, PC, PA, CW, CA, GG, GC, MW, MC, FA, VN, AU, DP, SU,
    SH, SP, SC, SG, SM, SF,
}

struct Description {
    code: &'static str,
    name: &'static str,
    department: Department,
    label_zh: &'static str,
    label_en: &'static str,
}

const fn role(
    code: &'static str,
    name: &'static str,
    department: Department,
    label_zh: &'static str,
    label_en: &'static str,
) -> Description {
    Description { code, name, department, label_zh, label_en }
}

#[rustfmt::skip]
static DESCRIPTIONS: [Description; 30] = [
    role("HC", "health.community_clinician", Department::Health, "社区责任医生/护士", "community clinician"),
    role("HF", "health.outreach_worker", Department::Health, "社区计生专干", "community outreach worker"),
    role("HV", "health.vaccination_clinic", Department::Health, "接种单位", "vaccination clinic"),
    role("HM", "health.maternal_child_clinician", Department::Health, "妇幼保健医生", "maternal and child health clinician"),
    role("HI", "health.disease_control_officer", Department::Health, "县疾控传染病", "county infectious-disease officer"),
    role("HX", "health.hiv_sti_specialist", Department::Health, "专病(艾滋/性病)", "HIV/STI specialist desk"),
    role("HP", "health.mental_health_clinician", Department::Health, "精防医生", "severe mental disorder clinician"),
    role("HE", "health.emergency_clinician", Department::Health, "急救医生", "emergency clinician"),
    role("HO", "health.county_officer", Department::Health, "县行政", "county health officer"),
    role("HA", "health.provincial_analyst", Department::Health, "省统计", "provincial health analyst"),
    role("PO", "police.community_officer", Department::Police, "社区民警", "community police officer"),
    role("PC", "police.population_officer", Department::Police, "县人口管理", "county population and permit officer"),
    role("PA", "police.provincial_analyst", Department::Police, "省统计", "provincial police analyst"),
    role("CW", "civil_affairs.street_worker", Department::CivilAffairs, "街道/居委会", "street or community worker"),
    role("CA", "civil_affairs.assistance_officer", Department::CivilAffairs, "县救助审批", "county assistance officer"),
    role("GG", "governance.grid_worker", Department::Governance, "网格员", "grid worker at a governance centre"),
    role("GC", "governance.office", Department::Governance, "综治办", "governance office"),
    role("MW", "migrant_workers.service_centre", Department::MigrantWorkers, "服务中心", "migrant-worker service centre"),
    role("MC", "migrant_workers.coordinator", Department::MigrantWorkers, "协调", "migrant-worker office coordinator"),
    role("FA", "finance.analyst", Department::Finance, "分析", "finance analyst"),
    role("VN", "social.commissioned_organization", Department::Social, "计生协等", "commissioned society"),
    role("AU", "oversight.auditor", Department::Oversight, "审计员", "auditor"),
    role("DP", "oversight.data_protection_officer", Department::Oversight, "个人信息保护负责人", "data protection officer"),
    role("SU", "subject", Department::Subject, "本人/监护人", "the person or their guardian"),
    role("SH", "health.steward", Department::Health, "卫生计生数据管理员", "data steward of health and family planning"),
    role("SP", "police.steward", Department::Police, "公安数据管理员", "data steward of the police"),
    role("SC", "civil_affairs.steward", Department::CivilAffairs, "民政数据管理员", "data steward of civil affairs"),
    role("SG", "governance.steward", Department::Governance, "综治数据管理员", "data steward of the governance office"),
    role("SM", "migrant_workers.steward", Department::MigrantWorkers, "农民工办数据管理员", "data steward of the migrant-worker office"),
    role("SF", "finance.steward", Department::Finance, "财政数据管理员", "data steward of finance"),
];

impl Role {
    /// The roles that grants are made to, in the order of the grant matrix.
    #[rustfmt::skip]
    pub const ALL: [Role; 24] = {
        use Role::*;
        [HC, HF, HV, HM, HI, HX, HP, HE, HO, HA, PO, PC, PA, CW, CA, GG, GC, MW, MC, FA, VN, AU, DP, SU]
    };

    /// Whether it asks for others' data by its duty: all but oversight, the person and stewards.
    pub fn asks_by_duty(self) -> bool {
        !self.is_steward() && !matches!(self, Role::AU | Role::DP | Role::SU)
    }

    /// The stewards (数据管理员): one role for each department that administers grants.
    pub const STEWARDS: [Role; 6] = [Role::SH, Role::SP, Role::SC, Role::SG, Role::SM, Role::SF];

    /// Whether the role administers grants for its department.
    pub fn is_steward(self) -> bool {
        Role::STEWARDS.contains(&self)
    }

    /// The steward of a department; none where others administer for it.
    pub fn steward_of(department: Department) -> Option<Role> {
        Role::STEWARDS.into_iter().find(|role| role.department() == department)
    }

    fn description(self) -> &'static Description {
        &DESCRIPTIONS[self as usize]
    }

    /// The code: `HC`, `PO`, …
    pub fn code(self) -> &'static str {
        self.description().code
    }

    /// The long name: `health.community_clinician`.
    pub fn name(self) -> &'static str {
        self.description().name
    }

    /// The department the role belongs to.
    pub fn department(self) -> Department {
        self.description().department
    }

    /// Chinese label.
    pub fn label_zh(self) -> &'static str {
        self.description().label_zh
    }

    /// English label.
    pub fn label_en(self) -> &'static str {
        self.description().label_en
    }

    /// The role with this code or long name.
    pub fn parse(text: &str) -> Option<Role> {
        let mut all = Role::ALL.into_iter().chain(Role::STEWARDS);
        all.find(|role| role.code() == text || role.name() == text)
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.code())
    }
}
