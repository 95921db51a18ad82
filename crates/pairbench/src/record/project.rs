//! How a record names the project whose pairs it measured.

use super::Record;

/// Name of the catalogue wherever a project is named.
const CATALOGUE: &str = "pairbench";

impl Record {
    /// Whether the pairs are those of the catalogue. Records that do not name their project were written when there was
    /// no other project.
    pub(crate) fn is_of_catalogue(&self) -> bool {
        self.project.as_ref().is_none_or(|project| project.catalogue)
    }

    /// The name of the project.
    pub(crate) fn project(&self) -> &str {
        match &self.project {
            Some(project) if !project.catalogue => &project.name,
            _ => CATALOGUE,
        }
    }

    /// The project and its revision, if that is known: `shop at 1a2b3c4`.
    pub(crate) fn project_at(&self) -> String {
        match &self.build.revision {
            Some(revision) => format!("{} at {revision}", self.project()),
            None => self.project().into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Project;
    use super::super::fixture::steady;

    #[test]
    fn a_record_without_a_project_is_of_the_catalogue() {
        let mut record = steady();
        assert!(record.is_of_catalogue());
        assert_eq!(record.project_at(), "pairbench at abc1234");
        record.project = Some(Project {
            name: "shop".into(),
            catalogue: false,
        });
        record.build.revision = None;
        assert!(!record.is_of_catalogue());
        assert_eq!(record.project_at(), "shop");
    }
}
