//! The fenced blocks of a document.

/// What a block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Commands to paste.
    Shell,
    /// What they print.
    Printed,
    /// Something else.
    Other,
}

/// One block.
#[derive(Debug)]
pub struct Block {
    pub language: Language,
    pub text: String,
    /// The line in the document on which it begins.
    pub line: usize,
    /// The line behind its end.
    end: usize,
}

impl Block {
    /// Whether it shows what the block right above it prints.
    pub fn shows(&self, above: &Block) -> bool {
        self.language == Language::Printed && self.line == above.end
    }
}

/// All blocks of a document, in order.
pub fn blocks(document: &str) -> Vec<Block> {
    let mut all: Vec<Block> = Vec::new();
    let mut open: Option<Block> = None;
    for (line, text) in (1..).zip(document.lines()) {
        match (&mut open, text.strip_prefix("```")) {
            (Some(_), Some(_)) => {
                all.extend(open.take().map(|block| Block { end: line + 1, ..block }));
            }
            (Some(block), None) => {
                block.text.push_str(text);
                block.text.push('\n');
            }
            (None, Some(language)) => {
                let language = match language {
                    "bash" | "sh" => Language::Shell,
                    "text" | "json" => Language::Printed,
                    _ => Language::Other,
                };
                open = Some(Block { language, text: String::new(), line, end: 0 });
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block does not end");
    all
}

#[test]
fn blocks_are_read_with_what_stands_below_them() {
    let document = "a\n```bash\nx\ny\n```\n```text\nz\n```\n\n```json\n{}\n```\n```toml\n```\n";
    let all = blocks(document);
    let languages: Vec<Language> = all.iter().map(|block| block.language).collect();
    assert_eq!(languages, [Language::Shell, Language::Printed, Language::Printed, Language::Other]);
    assert_eq!((all[0].text.as_str(), all[0].line), ("x\ny\n", 2));
    assert!(all[1].shows(&all[0]) && !all[2].shows(&all[1]));
}
