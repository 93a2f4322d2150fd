"""From a document to drafts of records that a person has yet to judge: by rules, or by a language model."""
