//! Work: status, occupation, industry, employer.

use entity::sharing::Department;

use super::dice::Dice;
use super::draft::{Draft, row, text};
use super::household::{Home, Member};
use super::person::system;

/// What somebody does in life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Work {
    Child,
    Student,
    Working,
    Unemployed,
    Retired,
}

impl Work {
    /// What somebody of this age does.
    pub fn draw(dice: &mut Dice, age: u32) -> Self {
        match age {
            ..16 => Work::Child,
            16..18 => dice.weighted(&[(Work::Student, 8), (Work::Working, 2)]),
            18..23 => dice.weighted(&[(Work::Student, 2), (Work::Working, 8)]),
            60.. => dice.weighted(&[(Work::Retired, 8), (Work::Working, 2)]),
            _ => dice.weighted(&[(Work::Working, 87), (Work::Unemployed, 13)]),
        }
    }
}

/// Occupation (GB/T 6565), industry (GB/T 4754), what employers are called.
const JOBS: [((&str, &str, &str), u32); 10] = [
    (("6-29-01", "E47", "建筑工程有限公司"), 22),
    (("4-03-02", "H62", "餐饮有限公司"), 16),
    (("4-01-02", "F52", "商贸有限公司"), 16),
    (("6-31-01", "C34", "机械制造有限公司"), 12),
    (("6-22-02", "C36", "汽车零部件有限公司"), 10),
    (("4-02-02", "G54", "物流有限公司"), 8),
    (("4-10-01", "O80", "家政服务有限公司"), 6),
    (("4-09-01", "N78", "环境服务有限公司"), 4),
    (("5-01-01", "A01", "农业发展有限公司"), 3),
    (("2-02-10", "I65", "信息技术有限公司"), 3),
];

/// Writes the work of everybody from 16.
pub(super) fn write(draft: &mut Draft, home: &Home, member: &Member) {
    let (status, working) = match member.work {
        Work::Child => return,
        Work::Student => ("31", false),
        Work::Unemployed => ("70", false),
        Work::Retired => ("80", false),
        Work::Working => {
            let kinds = [("24", 70), ("17", 10), ("54", 10), ("51", 5), ("13", 3), ("21", 2)];
            (draft.dice.weighted(&kinds), true)
        }
    };
    let (occupation, industry, trade) = draft.dice.weighted(&JOBS);
    let brand = draft.dice.pick(&["宏远", "长吉", "恒泰", "北方", "鑫源", "松江", "瑞丰", "金桥"]);
    let employed = working && !matches!(status, "54" | "51");
    let collector =
        if draft.dice.chance(400) { Department::MigrantWorkers } else { home.collector };
    let day = draft.soon_after(member.arrival, 120);
    let stamp = draft.stamp(system(collector), collector, day);
    let employment = row!(
        employment {
            id: draft.key(),
            person_id: member.id,
            employment_status: text(status),
            occupation: working.then(|| occupation.to_owned()),
            industry: working.then(|| industry.to_owned()),
            employer_name: employed.then(|| format!("{}{brand}{trade}", home.place.county.name)),
            employer_code: employed.then(|| credit_code(&mut draft.dice)),
            has_labor_contract: working.then(|| employed && draft.dice.chance(450)),
        },
        stamp
    );
    draft.batch.employments.push(employment);
}

/// A unified social credit code of an unassigned region with its check character (GB 32100).
fn credit_code(dice: &mut Dice) -> String {
    const CHARACTERS: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
    let mut code = format!("91229901MA{:07}", dice.below(10_000_000));
    let value = |byte: u8| CHARACTERS.iter().position(|found| *found == byte).unwrap_or(0);
    let weighted = code.bytes().zip(WEIGHTS).map(|(byte, weight)| value(byte) * weight);
    let check = (31 - weighted.sum::<usize>() % 31) % 31;
    code.push(char::from(CHARACTERS[check]));
    code
}
