package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// entries reads the one kind of source that is set.
func (s *settings) entries() ([]entry, error) {
	given := 0
	for _, isGiven := range []bool{
		len(s.Source) > 0, !s.SourceContentFilename.IsNull(), !s.SourceFile.IsNull(), !s.SourceDir.IsNull(),
	} {
		if isGiven {
			given++
		}
	}
	if given != 1 {
		return nil, fmt.Errorf(
			"%d sources are set; accepted: one of source, source_content_filename (with source_content), source_file, source_dir",
			given)
	}
	entries, err := s.readSource()
	if err != nil || s.OutputFileMode.IsNull() {
		return entries, err
	}
	mode, err := strconv.ParseUint(s.OutputFileMode.ValueString(), 8, 9)
	if err != nil {
		return nil, fmt.Errorf("output_file_mode is %q; accepted: an octal file mode such as 0644",
			s.OutputFileMode.ValueString())
	}
	for i := range entries {
		entries[i].mode = fs.FileMode(mode)
	}
	return entries, nil
}

func (s *settings) readSource() ([]entry, error) {
	switch {
	case !s.SourceFile.IsNull():
		file, err := readEntry(s.SourceFile.ValueString(), filepath.Base(s.SourceFile.ValueString()))
		return []entry{file}, err
	case !s.SourceDir.IsNull():
		return s.readFolder(s.SourceDir.ValueString(), "")
	case !s.SourceContentFilename.IsNull():
		return []entry{{name: s.SourceContentFilename.ValueString(), content: []byte(s.SourceContent.ValueString())}}, nil
	}
	return contentEntries(s.Source)
}

// contentEntries puts the blocks in the order of their names: Terraform hands a set over in any order.
func contentEntries(sources []source) ([]entry, error) {
	var entries []entry
	for _, source := range sources {
		entries = append(entries, entry{name: source.Filename.ValueString(), content: []byte(source.Content.ValueString())})
	}
	slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.name, b.name) })
	for i := 1; i < len(entries); i++ {
		if entries[i].name == entries[i-1].name {
			return nil, fmt.Errorf("two sources have the filename %q", entries[i].name)
		}
	}
	return entries, nil
}

// readFolder reads what is below the folder; inArchive is the folder's own place in the archive.
func (s *settings) readFolder(folder, inArchive string) ([]entry, error) {
	children, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var entries []entry
	for _, child := range children {
		name := path.Join(inArchive, child.Name())
		found, err := s.readChild(filepath.Join(folder, child.Name()), name, child)
		if err != nil {
			return nil, err
		}
		entries = append(entries, found...)
	}
	if inArchive == "" && len(entries) == 0 {
		return nil, fmt.Errorf("source_dir %s has no file to archive", folder)
	}
	return entries, nil
}

func (s *settings) readChild(file, name string, child fs.DirEntry) ([]entry, error) {
	if excluded, err := s.excludes(name); excluded || err != nil {
		return nil, err
	}
	target, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	isLink := child.Type()&fs.ModeSymlink != 0
	switch {
	case target.IsDir() && isLink && s.ExcludeSymlinkDirectories.ValueBool():
		return nil, nil
	case target.IsDir():
		return s.readFolder(file, name)
	case target.Mode().IsRegular():
		read, err := readEntry(file, name)
		return []entry{read}, err
	}
	return nil, errors.New(file + " is neither a file nor a folder")
}

func (s *settings) excludes(name string) (bool, error) {
	for _, pattern := range s.Excludes {
		matches, err := doublestar.Match(filepath.ToSlash(pattern), name)
		if err != nil {
			return false, fmt.Errorf("excludes has %q: %w", pattern, err)
		}
		if matches {
			return true, nil
		}
	}
	return false, nil
}

func readEntry(file, name string) (entry, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return entry{}, err
	}
	stat, err := os.Stat(file)
	if err != nil {
		return entry{}, err
	}
	return entry{name: name, content: content, mode: stat.Mode()}, nil
}
