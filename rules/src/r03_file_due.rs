//! R-03: a vaccination file (预防接种档案) is due after three months of stay.
//!
//! Document B 二(三): 居住满3个月的0-6岁流动儿童. For whom edition GW of R-01 holds, before the 7th birthday;
//! three calendar months from the first day of the present stay; no card, or one that was not
//! transferred to a unit of the county.

use crate::{
    calendar::{Day, age},
    facts::{Facts, RESIDENT},
    fault::Fault,
    owed::{B_2015, Held, Owed, State, Words, outcome, owed},
    residence::Resident,
    rule::{Input, Outcome, Question, Rule},
};

/// Months of stay.
pub const MONTHS: u32 = 3;

/// The age that ends it, on the birthday.
pub const AGE: u32 = 7;

/// The rule.
pub const RULE: Rule = Rule {
    id: "R-03",
    aliases: &["vaccinationFileDue", "VACCINATION_FILE_DUE"],
    title_zh: "应建预防接种档案",
    title_en: "vaccination file due",
    text: "A migrant child (R-01, GW) before its 7th birthday whose present stay has lasted three \
           calendar months, with no vaccination card, or one not transferred to a unit of the \
           county. A birthday of 02-29 falls on 02-28 in common years. dueOn is the stay's first \
           day plus three months; overdue days as in R-02.",
    boundaries: "Arrival 2015-04-30: due on 2015-07-30. Born 2008-08-08: due on 2015-08-07, not on 2015-08-08. Born 2008-02-29: not from 2015-02-28 on.",
    source: "吉卫流管发〔2015〕2号 二(三); 疫苗管理法 47",
    editions: &[B_2015],
    dated_by_case: false,
    eligibility: true,
    inputs: &[
        RESIDENT[0],
        RESIDENT[1],
        RESIDENT[2],
        RESIDENT[3],
        Input { kind: "ImmunizationCard", fields: &["cardNumber", "cardCreatedOn", "managingOrg"] },
    ],
    example_on: "2015-07-31",
    example: r#"{"case":"1","person":{"birthDate":"2012-05-01"},"householdRegistration":{"hukouRegionCode":"230102"},"residenceRegistrations":[{"residenceRegionCode":"220104001001","arrivalDate":"2015-04-30"}],"immunizationCards":[]}"#,
    evaluate,
};

/// Whether a vaccination file is due on a day; of somebody whose birth date is unknown that cannot be
/// told.
pub fn file_due(person: &Resident, cards: &[Held], on: Day) -> Option<Owed> {
    let owed = owed(person, cards, MONTHS, on);
    let state = match age(person.birth?, on) {
        Some(age) if age < AGE => return Some(owed),
        Some(_) => State::NotConcerned("AGE", "已满7周岁", "the 7th birthday is past"),
        None => State::NotConcerned("NOT_BORN", "当日尚未出生", "not born on the day"),
    };
    Some(Owed { state, overdue_days: 0, ..owed })
}

fn evaluate(facts: &Facts<'_>, question: Question) -> Result<Outcome, Fault> {
    // A card's number says no region.
    let cards = facts
        .rows("ImmunizationCard")
        .map(|row| {
            let county = row.unit("managingOrg")?;
            let county = county
                .and_then(|unit| crate::regions::county(&unit, crate::regions::Sense::Health));
            Ok(Held { county, since: row.day("cardCreatedOn")? })
        })
        .collect::<Result<Vec<_>, Fault>>()?;
    let Some(owed) = file_due(&facts.resident()?, &cards, question.on) else {
        let zh = "出生日期不明,无法判断";
        let outcome = Outcome::new((), "BIRTH_DATE_UNKNOWN", zh, "birth date unknown");
        return Ok(outcome.of(&B_2015));
    };
    let words = Words {
        thing: ("预防接种档案", "vaccination file"),
        code: "VACCINATION_FILE_DUE",
        months: MONTHS,
        field: "vaccinationFileDue",
    };
    Ok(outcome(&owed, &words, question.on))
}

#[cfg(test)]
mod tests {
    use crate::testing::{assert_turns, result};

    fn case(birth: &str, arrival: &str, card: &str) -> String {
        format!(
            r#"{{"birthDate":"{birth}","hukouRegionCode":"230102","residenceRegionCode":"220104",
                "arrivalDate":"{arrival}","immunizationCards":[{card}]}}"#
        )
    }

    #[test]
    fn r_03_is_due_when_three_calendar_months_are_complete() {
        assert_turns("R-03", "2015-07-30", false, true, &case("2012-05-01", "2015-04-30", ""));
        assert_turns("R-03", "2016-02-29", false, true, &case("2012-05-01", "2015-11-30", ""));
    }

    #[test]
    fn r_03_ends_on_the_seventh_birthday() {
        assert_turns("R-03", "2015-08-08", true, false, &case("2008-08-08", "2015-01-01", ""));
        assert_turns("R-03", "2015-02-28", true, false, &case("2008-02-29", "2014-01-01", ""));
    }

    #[test]
    fn r_03_a_child_born_there_begins_with_its_birth() {
        assert_turns("R-03", "2015-08-01", false, true, &case("2015-05-01", "2014-01-01", ""));
    }

    #[test]
    fn r_03_a_card_elsewhere_is_none_until_it_is_transferred() {
        for (card, expected) in [
            (r#"{"cardNumber":"1"}"#, false),
            (r#"{"cardNumber":"1","managingOrg":"220104001"}"#, false),
            (r#"{"cardNumber":"1","managingOrg":"220105001"}"#, true),
            (r#"{"cardCreatedOn":"2015-08-01"}"#, true),
        ] {
            let case = case("2012-05-01", "2015-04-30", card);
            assert_eq!(result("R-03", "2015-07-31", &case).0, expected, "{card}");
        }
    }
}
