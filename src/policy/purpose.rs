//! Purposes (用途): why a caller asks. One per request; a purpose a role does not have is refused.

use super::Role;

/// A purpose code with its legal bases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[rustfmt::skip]
pub enum Purpose {
    Res, Rec, Hr, Imm, Idc, Stg, Mch, Fp, Smd, Ncd, He, Ema, Sa, Lb, Emp, Ref, Fund, Stat, Sar, Aud,
    Etr, Adm,
}

struct Description {
    code: &'static str,
    label_zh: &'static str,
    label_en: &'static str,
    roles: &'static [Role],
}

const fn purpose(
    code: &'static str,
    label_zh: &'static str,
    label_en: &'static str,
    roles: &'static [Role],
) -> Description {
    Description { code, label_zh, label_en, roles }
}

#[rustfmt::skip]
static DESCRIPTIONS: [Description; 22] = {
    use Role::*;
    [
        purpose("P-RES", "居住登记与居住证", "residence registration and permits", &[PO, PC, CW]),
        purpose("P-REC", "信息对接/去重", "reconciliation between registers", &[HO, PC]),
        purpose("P-HR", "健康档案", "resident health records", &[HC, HO]),
        purpose("P-IMM", "预防接种", "immunization", &[HV, HC, HI]),
        purpose("P-IDC", "传染病防控", "infectious disease control", &[HI, HC]),
        purpose("P-STG", "艾滋病/性病诊疗随访", "HIV/STI care and follow-up", &[HX, HM]),
        purpose("P-MCH", "孕产妇儿童保健", "maternal and child health care", &[HM, HC]),
        purpose("P-FP", "计划生育服务", "family planning services", &[HM, HF]),
        purpose("P-SMD", "严重精神障碍管理", "management of severe mental disorders", &[HP, HC]),
        purpose("P-NCD", "慢病/老年/中医药", "chronic disease and elderly care", &[HC]),
        purpose("P-HE", "健康教育", "health education", &[HC, HF, MW]),
        purpose("P-EMA", "疾病应急救助", "emergency medical aid", &[HE, HO, CA, PO]),
        purpose("P-SA", "社会救助", "social assistance", &[CA, CW]),
        purpose("P-LB", "留守关爱", "care for those left behind", &[CW, CA, VN]),
        purpose("P-EMP", "就业培训", "employment and training", &[MW]),
        purpose("P-REF", "服务告知与转介", "telling of services and referral", &[HF, CW, MW, GG]),
        purpose("P-FUND", "经费测算", "calculation of funding", &[FA]),
        purpose("P-STAT", "统计监测、督导考核", "statistics and supervision", &[HO, HA, PA, GC, MC]),
        purpose("P-SAR", "主体查阅/更正/删除", "requests of the person", &[SU, DP]),
        purpose("P-AUD", "审计", "audit", &[HO, PC, CA, GC, MC, AU, DP]),
        purpose("P-ETR", "紧急救治", "emergency treatment (break-glass)", &[HE, HC, HP]),
        purpose("P-ADM", "授权管理", "administration of grants", &[SH, SP, SC, SG, SM, SF, DP, AU]),
    ]
};

impl Purpose {
    /// The purposes for which data is asked for: all but the administration, which sees none.
    #[rustfmt::skip]
    pub const ALL: [Purpose; 21] = {
        use Purpose::*;
        [Res, Rec, Hr, Imm, Idc, Stg, Mch, Fp, Smd, Ncd, He, Ema, Sa, Lb, Emp, Ref, Fund, Stat, Sar, Aud, Etr]
    };

    fn description(self) -> &'static Description {
        &DESCRIPTIONS[self as usize]
    }

    /// The code: `P-IMM`.
    pub fn code(self) -> &'static str {
        self.description().code
    }

    /// Chinese label.
    pub fn label_zh(self) -> &'static str {
        self.description().label_zh
    }

    /// English label.
    pub fn label_en(self) -> &'static str {
        self.description().label_en
    }

    /// Whether a caller in this role may ask for this purpose.
    pub fn is_open_to(self, role: Role) -> bool {
        self.description().roles.contains(&role)
    }

    /// The purposes of a role where none is named. Whoever has data to ask for administers only
    /// when saying so.
    pub fn of(role: Role) -> impl Iterator<Item = Purpose> {
        let administration = role.is_steward().then_some(Purpose::Adm);
        Purpose::ALL
            .into_iter()
            .filter(move |purpose| purpose.is_open_to(role))
            .chain(administration)
    }

    /// The purpose with this code.
    pub fn parse(code: &str) -> Option<Purpose> {
        let mut all = Purpose::ALL.into_iter().chain([Purpose::Adm]);
        all.find(|purpose| purpose.code() == code)
    }
}

impl std::fmt::Display for Purpose {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_purposes_are_open_to_the_roles_that_the_file_names() {
        let file = migration::purpose_groups().unwrap();
        for purpose in Purpose::ALL {
            let rows = file.iter().filter(|row| row.purpose == purpose.code());
            let named: BTreeSet<&str> = rows.flat_map(|row| row.roles()).collect();
            let open = Role::ALL.into_iter().filter(|role| purpose.is_open_to(*role));
            assert_eq!(open.map(Role::code).collect::<BTreeSet<_>>(), named, "{purpose}");
        }
    }
}
