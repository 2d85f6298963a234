package main

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/types"
)

func writeFile(t *testing.T, file, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func folderSettings(t *testing.T) settings {
	t.Helper()
	folder := t.TempDir()
	writeFile(t, filepath.Join(folder, "index.mjs"), "export {}")
	writeFile(t, filepath.Join(folder, "lib", "b.mjs"), "b")
	writeFile(t, filepath.Join(folder, "lib", "a.mjs"), "a")
	return settings{
		Type:       types.StringValue("zip"),
		SourceDir:  types.StringValue(folder),
		OutputPath: types.StringValue(filepath.Join(t.TempDir(), "not", "yet", "there.zip")),
	}
}

func write(t *testing.T, given settings) []byte {
	t.Helper()
	archive, err := given.write()
	if err != nil {
		t.Fatal(err)
	}
	return archive
}

func filesOf(t *testing.T, archive []byte) []*zip.File {
	t.Helper()
	reader, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	return reader.File
}

func namesOf(t *testing.T, archive []byte) string {
	t.Helper()
	var names []string
	for _, file := range filesOf(t, archive) {
		names = append(names, file.Name)
	}
	return strings.Join(names, " ")
}

func TestAFolderGivesTheSameBytesWheneverItWasWritten(t *testing.T) {
	given := folderSettings(t)
	first := write(t, given)
	later := time.Now().Add(time.Hour)
	if err := os.Chtimes(filepath.Join(given.SourceDir.ValueString(), "index.mjs"), later, later); err != nil {
		t.Fatal(err)
	}

	second := write(t, given)

	if !bytes.Equal(first, second) {
		t.Error("the archive depends on the time")
	}
	if names := namesOf(t, second); names != "index.mjs lib/a.mjs lib/b.mjs" {
		t.Errorf("the archive has %s", names)
	}
}

func TestAChangedFileGivesAnotherHash(t *testing.T) {
	given := folderSettings(t)
	given.describe(write(t, given))
	before := given.OutputBase64Sha256
	writeFile(t, filepath.Join(given.SourceDir.ValueString(), "index.mjs"), "export { x }")

	given.describe(write(t, given))

	if given.OutputBase64Sha256.Equal(before) {
		t.Error("the hash does not show the change")
	}
}

func TestEveryEntryHasTheFixedDate(t *testing.T) {
	for _, file := range filesOf(t, write(t, folderSettings(t))) {
		if date := file.Modified; !date.Equal(time.Date(2049, 1, 1, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("%s has the date %s", file.Name, date)
		}
	}
}

func TestTheFileModeIsOneForAllWhereItIsSet(t *testing.T) {
	given := folderSettings(t)
	given.OutputFileMode = types.StringValue("0640")

	for _, file := range filesOf(t, write(t, given)) {
		if mode := file.Mode(); mode != 0o640 {
			t.Errorf("%s has the mode %o", file.Name, mode)
		}
	}
}

func TestExcludedFilesAreLeftOut(t *testing.T) {
	given := folderSettings(t)
	given.Excludes = []string{"**/a.mjs"}

	if names := namesOf(t, write(t, given)); names != "index.mjs lib/b.mjs" {
		t.Errorf("the archive has %s", names)
	}
}

func TestLinkedFoldersAreFollowedUnlessTheyAreExcluded(t *testing.T) {
	given := folderSettings(t)
	elsewhere := t.TempDir()
	writeFile(t, filepath.Join(elsewhere, "c.mjs"), "c")
	if err := os.Symlink(elsewhere, filepath.Join(given.SourceDir.ValueString(), "linked")); err != nil {
		t.Fatal(err)
	}

	followed := namesOf(t, write(t, given))
	given.ExcludeSymlinkDirectories = types.BoolValue(true)
	excluded := namesOf(t, write(t, given))

	if followed != "index.mjs lib/a.mjs lib/b.mjs linked/c.mjs" || excluded != "index.mjs lib/a.mjs lib/b.mjs" {
		t.Errorf("followed: %s; excluded: %s", followed, excluded)
	}
}

func TestContentBlocksComeInTheOrderOfTheirNames(t *testing.T) {
	block := func(name string) source {
		return source{Content: types.StringValue(name), Filename: types.StringValue(name)}
	}

	entries, err := contentEntries([]source{block("b"), block("a")})

	if err != nil || entries[0].name != "a" || entries[1].name != "b" {
		t.Errorf("%v, %v", entries, err)
	}
}

func TestWhatCannotBeArchivedIsSaid(t *testing.T) {
	for complaint, change := range map[string]func(*settings){
		`type is "rar"`:            func(s *settings) { s.Type = types.StringValue("rar") },
		"0 sources are set":        func(s *settings) { s.SourceDir = types.StringNull() },
		"2 sources are set":        func(s *settings) { s.SourceFile = types.StringValue("x") },
		"no such file":             func(s *settings) { s.SourceDir = types.StringValue("/not/there") },
		`output_file_mode is "rw"`: func(s *settings) { s.OutputFileMode = types.StringValue("rw") },
		`excludes has "["`:         func(s *settings) { s.Excludes = []string{"["} },
		"has no file to archive":   func(s *settings) { s.SourceDir = types.StringValue(t.TempDir()) },
		`two sources have the filename "a"`: func(s *settings) {
			twice := source{Content: types.StringValue(""), Filename: types.StringValue("a")}
			s.SourceDir, s.Source = types.StringNull(), []source{twice, twice}
		},
	} {
		given := folderSettings(t)
		change(&given)

		_, err := given.write()

		if err == nil || !strings.Contains(err.Error(), complaint) {
			t.Errorf("expected %s, got %v", complaint, err)
		}
	}
}
