//! Skills training of workers (G28), by the office for migrant workers.

use entity::sharing::Department;

use super::draft::{Draft, row, text};
use super::employment::Work;
use super::household::{Home, Member};
use super::person::system;
use super::traits::Trait;

/// What is taught, and how often.
const COURSES: [(&str, u32); 7] = [
    ("电工", 16),
    ("焊工", 16),
    ("家政服务", 18),
    ("中式烹调", 16),
    ("养老护理", 12),
    ("电子商务", 12),
    ("叉车驾驶", 10),
];

/// None, the five grades, one skill alone, completion.
const CERTIFICATES: [(&str, u32); 8] =
    [("0", 20), ("1", 22), ("2", 12), ("3", 4), ("4", 1), ("5", 1), ("6", 12), ("7", 28)];

/// Writes the courses of a worker: most clients of the office took one, others seldom.
pub(super) fn write(draft: &mut Draft, home: &Home, member: &Member) {
    let is_client = member.traits.has(Trait::MigrantWorker);
    let is_certain = is_client && home.showcase.is_some();
    let per_mille = if is_client { 600 } else { 120 };
    if member.work != Work::Working || !(is_certain || draft.dice.chance(per_mille)) {
        return;
    }
    let trained_on = draft.day_between(member.arrival, draft.today);
    let office = Department::MigrantWorkers;
    let stamp = draft.stamp(system(office), office, trained_on);
    let record = row!(
        training_record {
            id: draft.key(),
            person_id: member.id,
            course: text(draft.dice.weighted(&COURSES)),
            trained_on: Some(trained_on),
            certificate: text(draft.dice.weighted(&CERTIFICATES)),
        },
        stamp
    );
    draft.batch.training_records.push(record);
}
