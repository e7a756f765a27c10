//! A list as a table for people, as CSV, and as JSON.

use serde_json::{Map, Value as Json};

/// A list: its columns, named as JSON names them, and its rows.
pub struct Table {
    /// Chinese title.
    pub title_zh: &'static str,
    /// English title.
    pub title_en: &'static str,
    /// Names of the columns.
    pub columns: &'static [&'static str],
    /// A value for each column.
    pub rows: Vec<Vec<Json>>,
}

impl Table {
    /// One object a row.
    pub fn json(&self) -> Json {
        let object = |row: &Vec<Json>| -> Map<String, Json> {
            let named = self.columns.iter().map(|column| (*column).to_owned());
            named.zip(row.iter().cloned()).collect()
        };
        self.rows.iter().map(|row| Json::Object(object(row))).collect()
    }

    /// Comma-separated values with a header (RFC 4180).
    pub fn csv(&self) -> String {
        let escape = |cell: String| match cell.contains([',', '"', '\n']) {
            true => format!("\"{}\"", cell.replace('"', "\"\"")),
            false => cell,
        };
        let line =
            |cells: Vec<String>| cells.into_iter().map(escape).collect::<Vec<_>>().join(",") + "\n";
        let header = line(self.columns.iter().map(|column| (*column).to_owned()).collect());
        let rows = self.rows.iter().map(|row| line(row.iter().map(text).collect()));
        header + &rows.collect::<String>()
    }

    /// Columns under their names, for reading.
    pub fn text(&self) -> String {
        let header: Vec<String> = self.columns.iter().map(|column| (*column).to_owned()).collect();
        let rows: Vec<Vec<String>> =
            self.rows.iter().map(|row| row.iter().map(text).collect()).collect();
        let all = || std::iter::once(&header).chain(&rows);
        let widths: Vec<usize> = (0..header.len())
            .map(|place| all().map(|row| width(&row[place])).max().unwrap_or(0))
            .collect();
        let mut out = format!("{} · {}\n\n", self.title_zh, self.title_en);
        for row in all() {
            let mut line = String::new();
            for (cell, widest) in row.iter().zip(&widths) {
                line += cell;
                line += &" ".repeat(widest - width(cell) + 2);
            }
            out += line.trim_end();
            out.push('\n');
        }
        out
    }
}

fn text(cell: &Json) -> String {
    match cell {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        Json::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}

/// How many columns of a terminal a text takes: characters of Chinese take two.
fn width(text: &str) -> usize {
    text.chars().map(|c| if c >= '\u{1100}' { 2 } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn columns_stand_under_their_names_whatever_the_script() {
        let table = Table {
            title_zh: "角色",
            title_en: "roles",
            columns: &["code", "labelZh", "purposes"],
            rows: vec![
                vec![json!("HC"), json!("社区医生"), json!(["P-HR", "P-IMM"])],
                vec![json!("PO"), json!("民警"), json!(null)],
            ],
        };
        let text = table.text();
        assert_eq!(
            text,
            "角色 · roles\n\ncode  labelZh   purposes\nHC    社区医生  P-HR P-IMM\nPO    民警\n"
        );
        assert_eq!(table.csv().lines().nth(1), Some("HC,社区医生,P-HR P-IMM"));
        assert_eq!(table.json()[1], json!({ "code": "PO", "labelZh": "民警", "purposes": null }));
    }
}
