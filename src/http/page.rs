//! A copy of a person's data as a page to print.

use serde_json::Value as Json;

/// What is told in sentences, under its heading.
const PARTS: [(&str, &str); 6] = [
    ("services", "我的服务"),
    ("consents", "我作出的同意"),
    ("requests", "我提出的请求"),
    ("emergencies", "紧急访问"),
    ("whoLooked", "谁看过我的信息"),
    ("sharing", "各部门可以使用的信息及依据"),
];

const STYLE: &str = "body{font-family:'Songti SC','SimSun','Noto Serif CJK SC',serif;max-width:48em;\
margin:2em auto;padding:0 1em;line-height:1.6;color:#000;background:#fff}h1{text-align:center;font-size:1.5em}\
h2{font-size:1.15em;border-bottom:1px solid #000;margin-top:1.6em}h3{font-size:1em;margin:1em 0 .3em}\
table{border-collapse:collapse;width:100%}th,td{border:1px solid #666;padding:.2em .5em;text-align:left;\
vertical-align:top}th{width:12em;font-weight:normal;background:#f3f3f3}section{break-inside:avoid}\
.head{text-align:center;font-size:.9em}.none{color:#444}@media print{body{margin:0;max-width:none}\
h2{break-after:avoid}}";

/// The page of a copy: its content, when it was made, and its record.
pub fn of_copy(me: &Json, made_at: &str, record: Option<&str>) -> Vec<u8> {
    let mut page = String::with_capacity(16 * 1024);
    page += "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n";
    page += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
    page += "<meta name=\"robots\" content=\"noindex\">\n<title>个人信息副本</title>\n<style>";
    page += STYLE;
    page += "</style>\n</head>\n<body>\n<h1>个人信息副本</h1>\n<p class=\"head\">依据：《个人信息保护法》第四十五条<br>生成时间：";
    escape(made_at, &mut page);
    if let Some(record) = record {
        page += "<br>访问记录：<small>";
        escape(record, &mut page);
        page += "</small>";
    }
    page += "</p>\n<h2>我的档案</h2>\n";
    // Consents are told in sentences below.
    for section in items(&me["record"]).iter().filter(|section| section["kind"] != "Consent") {
        page += "<section>\n<h3>";
        escape(text(&section["labelZh"]), &mut page);
        page += "</h3>\n<table>\n";
        for entry in items(&section["entries"]) {
            page += "<tr><th scope=\"row\">";
            escape(text(&entry["labelZh"]), &mut page);
            page += "</th><td>";
            escape(text(&entry["text"]), &mut page);
            page += "</td></tr>\n";
        }
        page += "</table>\n</section>\n";
    }
    for (part, heading) in PARTS {
        page += "<h2>";
        page += heading;
        page += "</h2>\n";
        let told = items(&me[part]);
        if told.is_empty() {
            page += "<p class=\"none\">无</p>\n";
            continue;
        }
        page += "<ol>\n";
        for one in told {
            page += "<li>";
            escape(text(&one["sentence"]), &mut page);
            page += "</li>\n";
        }
        page += "</ol>\n";
    }
    page += "</body>\n</html>\n";
    page.into_bytes()
}

fn items(value: &Json) -> &[Json] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Json) -> &str {
    value.as_str().unwrap_or_default()
}

/// Text as text, whatever it holds.
fn escape(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_somebody_wrote_is_text_and_no_markup() {
        let hostile = "<script>alert('x')</script>&\"";
        let me = json!({
            "record": [{ "labelZh": hostile, "entries": [{ "labelZh": "姓名", "text": hostile }] }],
            "requests": [{ "sentence": hostile }],
        });
        let page = String::from_utf8(of_copy(&me, hostile, Some(hostile))).unwrap();
        assert!(!page.contains("<script") && !page.contains("alert('"), "{page}");
        assert_eq!(
            page.matches("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&quot;").count(),
            5
        );
    }
}
