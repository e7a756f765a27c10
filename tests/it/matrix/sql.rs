//! Reads statements of the gateway: which SELECTs there are, of which columns, under which WHERE.

use std::collections::{BTreeMap, BTreeSet};

/// One SELECT of a statement, subqueries in its text included.
#[derive(Debug)]
pub struct Select<'s> {
    pub list: &'s str,
    /// The table it is about; none where it selects from no table.
    pub table: &'s str,
    pub alias: &'s str,
    /// What its WHERE demands, all of it.
    pub conditions: Vec<&'s str>,
}

/// All SELECTs of a statement, outer before inner.
pub fn selects(sql: &str) -> Vec<Select<'_>> {
    sql.match_indices("SELECT ").map(|(at, word)| select(&sql[at + word.len()..])).collect()
}

fn select(rest: &str) -> Select<'_> {
    let (list, rest) = cut(rest, &[" FROM ", " UNION ALL "]);
    let source = rest.strip_prefix(" FROM ").unwrap_or_default();
    let (source, rest) = cut(source, &[" WHERE "]);
    let (table, alias) = source.split_once(' ').unwrap_or((source, source));
    // Another SELECT, or the elements of a parameter.
    let table = if table.contains('(') { "" } else { table };
    let alias = alias.split(' ').next().unwrap_or(alias);
    let condition = rest.strip_prefix(" WHERE ").unwrap_or_default();
    let ends = [" ORDER BY ", " GROUP BY ", " LIMIT ", " OFFSET ", " UNION ALL "];
    let (condition, _) = cut(condition, &ends);
    Select { list, table, alias, conditions: conjuncts(condition) }
}

impl<'s> Select<'s> {
    /// The column, without the alias, that must hold one of the keys of rows read before.
    pub fn key(&self) -> Option<&'s str> {
        self.conditions.iter().find_map(|condition| {
            let (column, keys) =
                condition.strip_prefix(self.alias)?.strip_prefix('.')?.split_once(' ')?;
            let is_key = keys == "= parent"
                || keys.starts_with("= ANY($")
                || keys.starts_with("IN (SELECT value FROM json_each(?");
            is_key.then_some(column)
        })
    }

    /// The column, without the alias, that stands in the rows under the name of `parent`.
    pub fn parent(&self) -> Option<&'s str> {
        let parent =
            self.conditions.iter().find_map(|condition| condition.strip_suffix(" = parent"));
        parent?.strip_prefix(self.alias)?.strip_prefix('.')
    }

    /// The columns, without the aliases, by which it is about what a row outside is about, and the
    /// alias of that row: of `this.a = outer.b` all three.
    pub fn links(&self) -> impl Iterator<Item = (&'s str, &'s str, &'s str)> {
        self.conditions.iter().filter_map(|condition| {
            let (left, right) = condition.split_once(" = ")?;
            let column = left.strip_prefix(self.alias)?.strip_prefix('.')?;
            let (outer, other) = right.split_once('.')?;
            (outer != self.alias).then_some((column, outer, other))
        })
    }
}

/// The items of a SELECT list: the values, and the conditions under which cells are shown, which stand
/// behind them under names of their own.
pub fn values_and_scopes(list: &str) -> (String, Vec<&str>) {
    let (mut values, mut scopes) = (Vec::new(), Vec::new());
    let mut rest = list;
    while !rest.is_empty() {
        let (item, next) = cut_at(rest, |rest| rest.starts_with(", "));
        let next = next.strip_prefix(", ").unwrap_or_default();
        let name = item.rsplit(" AS s").next().filter(|name| item.len() > name.len());
        let is_scope = name.is_some_and(|name| name.parse::<usize>().is_ok());
        if is_scope {
            scopes.push(item)
        } else {
            values.push(item)
        }
        rest = next;
    }
    (values.join(", "), scopes)
}

/// Splits before the first of some words outside brackets and quotes, or where a bracket closes
/// that was opened before.
fn cut<'s>(text: &'s str, words: &[&str]) -> (&'s str, &'s str) {
    cut_at(text, |rest| rest.starts_with(' ') && words.iter().any(|word| rest.starts_with(word)))
}

/// Splits where the rest is an end, outside brackets and quotes, or where a bracket closes that was
/// opened before.
fn cut_at(text: &str, is_end: impl Fn(&str) -> bool) -> (&str, &str) {
    let (mut depth, mut is_quoted) = (0_usize, false);
    for (at, character) in text.char_indices() {
        match character {
            '\'' => is_quoted = !is_quoted,
            _ if is_quoted => {}
            '(' => depth += 1,
            ')' if depth == 0 => return text.split_at(at),
            ')' => depth -= 1,
            _ if depth == 0 && is_end(&text[at..]) => return text.split_at(at),
            _ => {}
        }
    }
    (text, "")
}

/// The conditions that all must hold.
///
/// # Panics
/// When one of several suffices: then none of them bounds anything.
pub fn conjuncts(condition: &str) -> Vec<&str> {
    let mut all = Vec::new();
    let mut rest = condition;
    while !rest.is_empty() {
        let (mut first, mut next) = cut(rest, &[" AND ", " OR "]);
        if first.ends_with(|c: char| c.is_ascii_alphanumeric())
            && !cut(first, &[" BETWEEN "]).1.is_empty()
        {
            let (second, after) = cut(&next[" AND ".len()..], &[" AND ", " OR "]);
            first = &rest[..first.len() + " AND ".len() + second.len()];
            next = after;
        }
        assert!(!next.starts_with(" OR "), "an OR stands beside what must hold: {condition}");
        all.push(first);
        rest = next.strip_prefix(" AND ").unwrap_or_default();
    }
    all
}

/// What a condition in brackets lets suffice; the condition itself where it is no alternative.
pub fn alternatives(condition: &str) -> Vec<&str> {
    let inner = condition.strip_prefix('(').and_then(|inner| inner.strip_suffix(')'));
    let Some(mut rest) = inner.filter(|inner| cut(inner, &[]).1.is_empty()) else {
        return vec![condition];
    };
    let mut all = Vec::new();
    loop {
        let (first, next) = cut(rest, &[" OR "]);
        all.push(first);
        match next.strip_prefix(" OR ") {
            Some(next) => rest = next,
            None => return all,
        }
    }
}

/// Every column that a text mentions, as `table.column`, under the aliases of its statement.
pub fn columns(statement: &str, text: &str) -> BTreeSet<String> {
    let tables = aliases(statement);
    let mut found = BTreeSet::new();
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    for (part, text) in text.split('\'').enumerate() {
        for (dot, _) in text.match_indices('.').filter(|_| part % 2 == 0) {
            let before = text[..dot].rfind(|c| !is_word(c)).map_or(0, |at| at + 1);
            let after = text[dot + 1..].find(|c| !is_word(c)).map_or(text.len(), |at| dot + 1 + at);
            let table = tables.get(&text[before..dot]).expect("columns are named under an alias");
            if *table == ITEMS {
                continue;
            }
            found.insert(format!("{table}.{}", &text[dot + 1..after]));
        }
    }
    found
}

/// What stands for a table behind the items of a structured value: the value is a column of its own.
const ITEMS: &str = "items of a value";

/// The table behind each alias; behind that of a SELECT, the table it is about.
pub fn aliases(statement: &str) -> BTreeMap<&str, &str> {
    let mut all = BTreeMap::new();
    for word in [" FROM ", " JOIN "] {
        for (at, _) in statement.match_indices(word) {
            let source = &statement[at + word.len()..];
            let (table, alias) = match source.strip_prefix("(SELECT ") {
                Some(inner) => {
                    let (_, rest) = cut(inner, &[]);
                    // Of a SELECT from another, the table that the other is about.
                    let within = selects(source).into_iter().find(|one| !one.table.is_empty());
                    (
                        within.map_or("", |one| one.table),
                        rest.trim_start_matches(") ").split(' ').next(),
                    )
                }
                None if source.starts_with("json_") => {
                    let inner = source.split_once('(').map_or("", |(_, inner)| inner);
                    let (_, rest) = cut(inner, &[]);
                    // Keys that are bound have none.
                    let alias = rest.strip_prefix(") AS ");
                    (ITEMS, alias.and_then(|alias| alias.split([' ', ')']).next()))
                }
                None => {
                    let mut words = source.split([' ', ')']);
                    (words.next().unwrap_or_default(), words.next())
                }
            };
            if let Some(alias) = alias {
                let earlier = all.insert(alias, table);
                assert!(earlier.is_none_or(|earlier| earlier == table), "{alias} is two tables");
            }
        }
    }
    all
}

#[test]
fn a_statement_is_read_as_it_is_written() {
    let sql = "SELECT c0, parent FROM (SELECT t0.id AS c0, t0.person_id AS parent \
        FROM consent t0 WHERE EXISTS (SELECT 1 FROM person t1 WHERE t1.id = t0.person_id \
        AND t1.residence_unit_id BETWEEN ?1 AND ?2) AND (t0.purpose = 'a.b' OR TRUE) \
        ORDER BY t0.id) ranked WHERE place <= ?3 ORDER BY parent LIMIT ?4";
    let selects = selects(sql);
    assert_eq!(selects.len(), 3);
    assert_eq!((selects[0].list, selects[0].table), ("c0, parent", ""));
    assert_eq!((selects[1].table, selects[1].alias), ("consent", "t0"));
    assert_eq!(selects[1].conditions.len(), 2);
    assert_eq!(
        selects[2].conditions,
        ["t1.id = t0.person_id", "t1.residence_unit_id BETWEEN ?1 AND ?2"]
    );
    let expected = ["consent.id", "consent.person_id", "consent.purpose", "person.id"];
    let found = columns(sql, sql);
    assert!(expected.iter().all(|column| found.contains(*column)), "{found:?}");
    assert_eq!(found.len(), 5);
}

#[test]
fn rows_of_one_parent_after_the_other_are_read_as_they_are_written() {
    let sql = "SELECT c0, parent FROM unnest($5::bigint[]) parent CROSS JOIN LATERAL (SELECT t0.id \
        AS c0 FROM consent t0 WHERE t0.person_id = parent AND EXISTS (SELECT 1 FROM caseload t1 \
        WHERE t1.person_id = t0.person_id AND t1.started_on <= $1 OFFSET 0) ORDER BY t0.id ASC \
        LIMIT $2) ranked LIMIT $3";
    let selects = selects(sql);
    assert_eq!(selects.len(), 3);
    assert_eq!((selects[0].table, selects[0].key()), ("", None));
    assert_eq!((selects[1].table, selects[1].alias), ("consent", "t0"));
    assert_eq!((selects[1].key(), selects[1].parent()), (Some("person_id"), Some("person_id")));
    assert_eq!(selects[2].links().collect::<Vec<_>>(), [("person_id", "t0", "person_id")]);
    assert_eq!(selects[2].conditions.last(), Some(&"t1.started_on <= $1"));
}

#[test]
fn joins_and_unions_are_read_as_they_are_written() {
    let sql = "SELECT t0.id FROM person t0 JOIN (SELECT DISTINCT t1.person_id FROM caseload t1 \
        WHERE t1.organization_id = $1 ORDER BY t1.person_id OFFSET 0) t2 ON t2.person_id = t0.id \
        WHERE t0.id = ANY(ARRAY(SELECT CAST($2 AS bigint) UNION ALL SELECT t3.person_id \
        FROM household_member t3 WHERE t3.guardian_person_id = $2)) AND t0.id > $3";
    let selects = selects(sql);
    assert_eq!(selects.len(), 4);
    assert_eq!(
        (selects[0].table, selects[0].key(), selects[0].conditions.len()),
        ("person", None, 2)
    );
    assert_eq!((selects[1].table, selects[1].conditions.len()), ("caseload", 1));
    assert_eq!((selects[2].list, selects[2].table), ("CAST($2 AS bigint)", ""));
    assert_eq!((selects[3].table, selects[3].conditions.len()), ("household_member", 1));
    assert!(columns(sql, sql).contains("caseload.person_id"));
}

#[test]
fn values_are_told_from_the_scopes_of_cells() {
    let list = "t0.id AS c0, COALESCE(t0.name, '') AS c1, (t0.sex = $1) IS TRUE AS s0, (EXISTS \
        (SELECT 1, 2 FROM caseload t1)) IS TRUE AS s12";
    let (values, scopes) = values_and_scopes(list);
    assert_eq!(values, "t0.id AS c0, COALESCE(t0.name, '') AS c1");
    assert_eq!(scopes.len(), 2);
    assert!(scopes[1].starts_with("(EXISTS"));
}

#[test]
fn alternatives_are_read_one_by_one() {
    assert_eq!(alternatives("(a AND (b OR c) OR d IN (SELECT 1))").len(), 2);
    assert_eq!(alternatives("((a OR b) AND c)"), ["(a OR b) AND c"]);
    assert_eq!(alternatives("(a) OR (b)"), ["(a) OR (b)"]);
    assert_eq!(alternatives("EXISTS (SELECT 1 OR 2)"), ["EXISTS (SELECT 1 OR 2)"]);
}

#[test]
#[should_panic(expected = "an OR stands beside what must hold")]
fn an_alternative_to_a_bound_is_noticed() {
    selects("SELECT t0.id FROM person t0 WHERE t0.residence_unit_id BETWEEN 1 AND 2 OR TRUE");
}
