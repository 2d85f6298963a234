package main

import (
	"archive/zip"
	"bytes"
	"io/fs"
)

type entry struct {
	name    string
	content []byte
	mode    fs.FileMode
}

// 2049-01-01, in the format of MS-DOS: the date that hashicorp/archive gives every entry.
const fixedDate = (2049-1980)<<9 | 1<<5 | 1

// zipOf makes the same bytes of the same entries, whenever they were written.
func zipOf(entries []entry) ([]byte, error) {
	var archive bytes.Buffer
	writer := zip.NewWriter(&archive)
	for _, entry := range entries {
		header := &zip.FileHeader{Name: entry.name, Method: zip.Deflate, ModifiedDate: fixedDate}
		if entry.mode != 0 {
			header.SetMode(entry.mode)
		}
		file, err := writer.CreateHeader(header)
		if err != nil {
			return nil, err
		}
		if _, err := file.Write(entry.content); err != nil {
			return nil, err
		}
	}
	if err := writer.Close(); err != nil {
		return nil, err
	}
	return archive.Bytes(), nil
}
