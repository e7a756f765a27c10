//! The organizations that tokens act for: one of each kind in every county, and two of the province.

use chrono::NaiveDate;
use entity::{administrative_unit, organization, sharing::Department};

/// What sort of organization it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[rustfmt::skip]
pub enum Kind {
    Chc, Fpo, Vac, Mch, Cdc, Stg, Smd, Ems, Hlt, Psb, Ppo, Str, Cao, Grd, Mwc, Soc, Dpo, Aud,
}

struct Description {
    code: &'static str,
    name: &'static str,
    label_zh: &'static str,
    department: Department,
}

const fn kind(
    code: &'static str,
    name: &'static str,
    label_zh: &'static str,
    department: Department,
) -> Description {
    Description { code, name, label_zh, department }
}

#[rustfmt::skip]
static DESCRIPTIONS: [Description; 18] = {
    use Department::*;
    [
        kind("CHC", "community_health_centre", "社区卫生服务中心", Health),
        kind("FPO", "community_outreach_office", "社区计生服务室", Health),
        kind("VAC", "vaccination_clinic", "预防接种门诊", Health),
        kind("MCH", "maternal_child_hospital", "妇幼保健院", Health),
        kind("CDC", "infectious_disease_division", "疾控中心传染病科", Health),
        kind("STG", "hiv_sti_desk", "疾控中心性病艾滋病科", Health),
        kind("SMD", "mental_health_clinic", "精神卫生防治所", Health),
        kind("EMS", "emergency_station", "急救站", Health),
        kind("HLT", "county_health_office", "卫生和计划生育局", Health),
        kind("PSB", "police_station", "公安派出所", Police),
        kind("PPO", "county_population_office", "公安局人口管理大队", Police),
        kind("STR", "street_office", "街道办事处", CivilAffairs),
        kind("CAO", "county_civil_affairs_office", "民政局", CivilAffairs),
        kind("GRD", "governance_centre", "社会治安综合治理中心", Governance),
        kind("MWC", "migrant_worker_service_centre", "农民工综合服务中心", MigrantWorkers),
        kind("SOC", "commissioned_society", "计划生育协会", Social),
        kind("DPO", "data_protection_office", "个人信息保护办公室", Oversight),
        kind("AUD", "audit_office", "审计办公室", Oversight),
    ]
};

impl Kind {
    /// The kinds of every county.
    #[rustfmt::skip]
    pub const OF_COUNTIES: [Kind; 16] = {
        use Kind::*;
        [Chc, Fpo, Vac, Mch, Cdc, Stg, Smd, Ems, Hlt, Psb, Ppo, Str, Cao, Grd, Mwc, Soc]
    };

    /// The kinds of the province.
    pub const OF_PROVINCE: [Kind; 2] = [Kind::Dpo, Kind::Aud];

    fn description(self) -> &'static Description {
        &DESCRIPTIONS[self as usize]
    }

    /// The end of an organization's code: `CHC`, …
    pub fn code(self) -> &'static str {
        self.description().code
    }

    /// The readable code: `community_health_centre`, …
    pub fn name(self) -> &'static str {
        self.description().name
    }

    /// The Chinese name, after the unit's.
    pub fn label_zh(self) -> &'static str {
        self.description().label_zh
    }

    /// The department it belongs to.
    pub fn department(self) -> Department {
        self.description().department
    }
}

/// When the contracts of the commissioned societies end.
const CONTRACTS_END: Option<NaiveDate> = NaiveDate::from_ymd_opt(2036, 1, 1);

/// The organizations of these units, all of them in force (see [`super::in_force`]).
pub fn organizations(units: &[administrative_unit::Model]) -> Vec<organization::Model> {
    let kinds = |level: &str| match level {
        "county" => &Kind::OF_COUNTIES[..],
        "province" => &Kind::OF_PROVINCE[..],
        _ => &[],
    };
    let pairs =
        units.iter().flat_map(|unit| kinds(&unit.level).iter().map(move |kind| (unit, kind)));
    pairs
        .zip(1..)
        .map(|((unit, kind), id)| organization::Model {
            id,
            code: format!("{}-{}", unit.code, kind.code()),
            name: format!("{}{}", unit.name, kind.label_zh()),
            kind: kind.name().to_owned(),
            department: kind.department().code().to_owned(),
            unit_id: unit.id,
            contract: (*kind == Kind::Soc).then(|| format!("WT-{}-001", unit.code)),
            contract_ends_on: (*kind == Kind::Soc).then_some(CONTRACTS_END).flatten(),
        })
        .collect()
}
