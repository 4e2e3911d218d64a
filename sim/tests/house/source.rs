//! A Rust file as tokens: code without comments, with test code marked. Knows no rule.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::str::FromStr;

/// One file, read once for all rules.
pub struct Source {
    /// Path from the root of the workspace, with slashes.
    pub path: String,
    /// The text.
    pub text: String,
    /// All tokens in order, groups opened out.
    pub tokens: Vec<Token>,
    /// All paths such as `std::time::Instant`, groups of `use` opened out.
    pub paths: Vec<PathUse>,
    /// All functions with a body.
    pub functions: Vec<Function>,
    /// Bodies of types that derive `Serialize`.
    pub serialized: Vec<Vec<Token>>,
}

/// A token that is no bracket.
#[derive(Clone)]
pub struct Token {
    pub text: String,
    pub line: usize,
    pub is_literal: bool,
    pub in_test: bool,
}

/// A path as it is written.
pub struct PathUse {
    pub segments: Vec<String>,
    pub line: usize,
    pub in_test: bool,
}

/// A function and how many lines it has.
pub struct Function {
    pub name: String,
    pub line: usize,
    pub lines: usize,
}

impl Source {
    /// Reads a file; one that is not Rust is a failure of the test itself.
    pub fn read(path: String, text: String) -> Self {
        let stream = TokenStream::from_str(&text).unwrap_or_else(|e| panic!("{path}: {e}"));
        let folder = |name: &str| path.contains(&format!("/{name}/"));
        let in_test = folder("tests") || folder("benches") || path.starts_with("e2e/");
        let mut source = Self {
            path,
            text,
            tokens: Vec::new(),
            paths: Vec::new(),
            functions: Vec::new(),
            serialized: Vec::new(),
        };
        source.walk(stream, in_test);
        source
    }

    /// The room the file belongs to.
    pub fn room(&self) -> &str {
        self.path.split('/').next().unwrap_or_default()
    }

    fn walk(&mut self, stream: TokenStream, in_test: bool) {
        let trees: Vec<TokenTree> = stream.into_iter().collect();
        let mut item = Item::default();
        let mut at = 0;
        while let Some(tree) = trees.get(at) {
            if let Some((attribute, length)) = attribute(&trees[at..]) {
                item.note(&attribute);
                at += length;
                continue;
            }
            let in_test = in_test || item.is_test;
            let behind_joint = at >= 2 && is_path_joint(&trees[at - 2..at]);
            if let TokenTree::Ident(ident) = tree {
                if ident == "fn" {
                    self.functions.extend(function(&trees[at..]));
                }
                if !behind_joint {
                    self.collect_paths(&trees[at..], &mut Vec::new(), in_test);
                }
            }
            let first = self.tokens.len();
            let paths = self.paths.len();
            self.take(tree, in_test);
            if behind_joint {
                self.paths.truncate(paths);
            }
            if item.is_serialized && is_body(tree) {
                self.serialized.push(self.tokens[first..].to_vec());
                item.is_serialized = false;
            }
            if ends_item(tree) {
                item = Item::default();
            }
            at += 1;
        }
    }

    fn take(&mut self, tree: &TokenTree, in_test: bool) {
        if let TokenTree::Group(group) = tree {
            self.walk(group.stream(), in_test);
        } else {
            self.tokens.push(Token {
                text: tree.to_string(),
                line: tree.span().start().line,
                is_literal: matches!(tree, TokenTree::Literal(_)),
                in_test,
            });
        }
    }

    /// Follows `a::b::{c, d::e}` from its first identifier and returns how many trees it took.
    fn collect_paths(
        &mut self,
        trees: &[TokenTree],
        prefix: &mut Vec<String>,
        in_test: bool,
    ) -> usize {
        let depth = prefix.len();
        let mut at = 0;
        let line = trees[0].span().start().line;
        while let Some(TokenTree::Ident(ident)) = trees.get(at) {
            prefix.push(ident.to_string());
            at += 1;
            if !trees.get(at..at + 2).is_some_and(is_path_joint) {
                break;
            }
            at += 2;
        }
        match trees.get(at) {
            Some(TokenTree::Group(group)) if at > 1 && is_path_joint(&trees[at - 2..at]) => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                let mut next = 0;
                while next < inner.len() {
                    next += match &inner[next] {
                        TokenTree::Ident(_) => self.collect_paths(&inner[next..], prefix, in_test),
                        _ => 1,
                    };
                }
                at += 1;
            }
            _ => self.paths.push(PathUse {
                segments: prefix.clone(),
                line,
                in_test,
            }),
        }
        prefix.truncate(depth);
        at.max(1)
    }
}

/// What the attributes before an item say of it.
#[derive(Default)]
struct Item {
    is_test: bool,
    is_serialized: bool,
}

impl Item {
    fn note(&mut self, attribute: &TokenStream) {
        let words: Vec<String> = attribute
            .to_string()
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .filter(|word| !word.is_empty())
            .map(String::from)
            .collect();
        let has = |word: &str| words.iter().any(|found| found == word);
        let is = |word: &str| words.first().is_some_and(|found| found == word);
        let ends_in_test = words.last().is_some_and(|word| word == "test");
        self.is_test |= (is("cfg") && has("test") && !has("not")) || (!is("cfg") && ends_in_test);
        self.is_serialized |= is("derive") && has("Serialize");
    }
}

/// The content of `#[..]` or `#![..]` at the front, and how many trees it takes.
fn attribute(trees: &[TokenTree]) -> Option<(TokenStream, usize)> {
    let is = |at: usize, sign: char| matches!(trees.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == sign);
    let at = if is(1, '!') { 2 } else { 1 };
    match trees.get(at) {
        Some(TokenTree::Group(group)) if is(0, '#') && group.delimiter() == Delimiter::Bracket => {
            Some((group.stream(), at + 1))
        }
        _ => None,
    }
}

fn is_body(tree: &TokenTree) -> bool {
    let is = |delimiter| delimiter == Delimiter::Brace || delimiter == Delimiter::Parenthesis;
    matches!(tree, TokenTree::Group(group) if is(group.delimiter()))
}

fn ends_item(tree: &TokenTree) -> bool {
    match tree {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Punct(punct) => punct.as_char() == ';',
        _ => false,
    }
}

fn is_path_joint(pair: &[TokenTree]) -> bool {
    pair.iter()
        .all(|tree| matches!(tree, TokenTree::Punct(punct) if punct.as_char() == ':'))
}

fn function(trees: &[TokenTree]) -> Option<Function> {
    let TokenTree::Ident(name) = trees.get(1)? else {
        return None;
    };
    let body = trees.iter().find(|tree| ends_item(tree))?;
    let TokenTree::Group(body) = body else {
        return None;
    };
    let line = trees[0].span().start().line;
    let lines = body.span_close().end().line + 1 - line;
    Some(Function {
        name: name.to_string(),
        line,
        lines,
    })
}
