//! The worklists of which items are stored.

/// A list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum List {
    /// 应建健康档案.
    RecordDue,
    /// 应建预防接种档案.
    VaccinationFileDue,
    /// 应种剂次.
    DoseDue,
    /// 查漏补种.
    CatchUp,
    /// 应种HPV疫苗.
    HpvDue,
    /// 严重精神障碍随访.
    SmdFollowUp,
    /// 慢性病随访.
    ChronicFollowUp,
    /// 老年人体检.
    ElderlyCheck,
    /// 应产前检查.
    AntenatalDue,
    /// 应产后访视.
    PostpartumDue,
    /// 应儿童健康检查.
    ChildCheckDue,
    /// 应新生儿访视.
    NewbornVisitDue,
    /// 档案久未更新.
    RecordStale,
    /// 报卡不及时或不完整.
    CardLate,
    /// 待受理通报.
    NoticeToAccept,
}

impl List {
    /// All of them.
    pub const ALL: [List; 15] = [
        List::RecordDue,
        List::VaccinationFileDue,
        List::DoseDue,
        List::CatchUp,
        List::HpvDue,
        List::SmdFollowUp,
        List::ChronicFollowUp,
        List::ElderlyCheck,
        List::AntenatalDue,
        List::PostpartumDue,
        List::ChildCheckDue,
        List::NewbornVisitDue,
        List::RecordStale,
        List::CardLate,
        List::NoticeToAccept,
    ];

    /// Its name, as `worklists.csv` has it.
    pub const fn code(self) -> &'static str {
        match self {
            List::RecordDue => "RECORD_DUE",
            List::VaccinationFileDue => "VACCINATION_FILE_DUE",
            List::DoseDue => "DOSE_DUE",
            List::CatchUp => "CATCH_UP",
            List::HpvDue => "HPV_DUE",
            List::SmdFollowUp => "SMD_FOLLOW_UP",
            List::ChronicFollowUp => "CHRONIC_FOLLOW_UP",
            List::ElderlyCheck => "ELDERLY_CHECK",
            List::AntenatalDue => "ANTENATAL_DUE",
            List::PostpartumDue => "POSTPARTUM_DUE",
            List::ChildCheckDue => "CHILD_CHECK_DUE",
            List::NewbornVisitDue => "NEWBORN_VISIT_DUE",
            List::RecordStale => "RECORD_STALE",
            List::CardLate => "CARD_LATE",
            List::NoticeToAccept => "NOTICE_TO_ACCEPT",
        }
    }

    /// The list of a name.
    pub fn parse(code: &str) -> Option<List> {
        List::ALL.into_iter().find(|list| list.code() == code)
    }

    /// Whether being on it tells of specially protected data.
    pub const fn is_protected(self) -> bool {
        matches!(self, List::SmdFollowUp | List::AntenatalDue | List::PostpartumDue)
    }

    /// Whether a person on it may be told to be owed a service: what is open to be told yes or no, and
    /// never which. What tells of specially protected data is not among them, nor what is no service.
    pub const fn is_service(self) -> bool {
        !self.is_protected()
            && !matches!(self, List::RecordStale | List::CardLate | List::NoticeToAccept)
    }

    /// Whether it begins to be overdue a while after it is due: then days overdue count from there on, and
    /// else from the day on which it is due.
    pub const fn has_grace(self) -> bool {
        matches!(self, List::DoseDue | List::HpvDue | List::ChildCheckDue | List::ElderlyCheck)
    }

    /// Why somebody is on it, by the number of the item; no code names a disease.
    pub const fn reason(self, number: i64) -> &'static str {
        match (self, number) {
            (List::RecordDue, _) => "RECORD_DUE",
            (List::VaccinationFileDue, _) => "VACCINATION_FILE_DUE",
            (List::DoseDue | List::HpvDue, _) => "DOSE_DUE",
            (List::CatchUp, _) => "CATCH_UP",
            (List::SmdFollowUp | List::ChronicFollowUp, _) => "FOLLOW_UP_DUE",
            (List::ElderlyCheck | List::ChildCheckDue, _) => "CHECK_DUE",
            (List::AntenatalDue | List::PostpartumDue | List::NewbornVisitDue, _) => "VISIT_DUE",
            (List::RecordStale, 1) => "RESIDENCE_STALE",
            (List::RecordStale, _) => "RECORD_STALE",
            (List::CardLate, _) => "CARD_LATE",
            (List::NoticeToAccept, _) => "NOTICE_TO_ACCEPT",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_of_items_is_one_of_the_file() {
        for list in List::ALL {
            let known = crate::rules::worklist::all().iter().any(|known| known.id == list.code());
            assert!(known, "{list:?}");
            assert_eq!(List::parse(list.code()), Some(list));
        }
    }

    #[test]
    fn what_the_file_opens_by_a_protected_group_is_protected_here() {
        for known in crate::rules::worklist::all() {
            let group = entity::sharing::Group::parse(&known.group).unwrap();
            // CARD_LATE of G20 is a list of another kind, which is not here.
            if let Some(list) = List::parse(&known.id).filter(|list| *list != List::CardLate) {
                assert_eq!(list.is_protected(), group.is_specially_protected(), "{known:?}");
            }
        }
    }
}
