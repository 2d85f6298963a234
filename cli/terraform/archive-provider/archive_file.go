package main

import (
	"context"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// archiveFile writes an archive of its sources whenever it is read, and answers with its size and hashes.
type archiveFile struct{}

func newArchiveFile() datasource.DataSource { return archiveFile{} }

type source struct {
	Content  types.String `tfsdk:"content"`
	Filename types.String `tfsdk:"filename"`
}

type settings struct {
	ID                        types.String `tfsdk:"id"`
	Type                      types.String `tfsdk:"type"`
	Source                    []source     `tfsdk:"source"`
	SourceContent             types.String `tfsdk:"source_content"`
	SourceContentFilename     types.String `tfsdk:"source_content_filename"`
	SourceFile                types.String `tfsdk:"source_file"`
	SourceDir                 types.String `tfsdk:"source_dir"`
	Excludes                  []string     `tfsdk:"excludes"`
	ExcludeSymlinkDirectories types.Bool   `tfsdk:"exclude_symlink_directories"`
	OutputPath                types.String `tfsdk:"output_path"`
	OutputFileMode            types.String `tfsdk:"output_file_mode"`
	OutputSize                types.Int64  `tfsdk:"output_size"`
	OutputMd5                 types.String `tfsdk:"output_md5"`
	OutputSha                 types.String `tfsdk:"output_sha"`
	OutputSha256              types.String `tfsdk:"output_sha256"`
	OutputSha512              types.String `tfsdk:"output_sha512"`
	OutputBase64Sha256        types.String `tfsdk:"output_base64sha256"`
	OutputBase64Sha512        types.String `tfsdk:"output_base64sha512"`
}

func (archiveFile) Metadata(_ context.Context, _ datasource.MetadataRequest, response *datasource.MetadataResponse) {
	response.TypeName = "archive_file"
}

func (archiveFile) Schema(_ context.Context, _ datasource.SchemaRequest, response *datasource.SchemaResponse) {
	response.Schema = schema.Schema{
		Blocks: map[string]schema.Block{
			"source": schema.SetNestedBlock{NestedObject: schema.NestedBlockObject{
				Attributes: map[string]schema.Attribute{
					"content":  schema.StringAttribute{Required: true},
					"filename": schema.StringAttribute{Required: true},
				},
			}},
		},
		Attributes: map[string]schema.Attribute{
			"id":                          schema.StringAttribute{Computed: true},
			"type":                        schema.StringAttribute{Required: true},
			"source_content":              schema.StringAttribute{Optional: true},
			"source_content_filename":     schema.StringAttribute{Optional: true},
			"source_file":                 schema.StringAttribute{Optional: true},
			"source_dir":                  schema.StringAttribute{Optional: true},
			"excludes":                    schema.SetAttribute{Optional: true, ElementType: types.StringType},
			"exclude_symlink_directories": schema.BoolAttribute{Optional: true},
			"output_path":                 schema.StringAttribute{Required: true},
			"output_file_mode":            schema.StringAttribute{Optional: true},
			"output_size":                 schema.Int64Attribute{Computed: true},
			"output_md5":                  schema.StringAttribute{Computed: true},
			"output_sha":                  schema.StringAttribute{Computed: true},
			"output_sha256":               schema.StringAttribute{Computed: true},
			"output_sha512":               schema.StringAttribute{Computed: true},
			"output_base64sha256":         schema.StringAttribute{Computed: true},
			"output_base64sha512":         schema.StringAttribute{Computed: true},
		},
	}
}

func (archiveFile) Read(ctx context.Context, request datasource.ReadRequest, response *datasource.ReadResponse) {
	var read settings
	response.Diagnostics.Append(request.Config.Get(ctx, &read)...)
	if response.Diagnostics.HasError() {
		return
	}
	archive, err := read.write()
	if err != nil {
		response.Diagnostics.AddError("Archive not written", err.Error())
		return
	}
	read.describe(archive)
	response.Diagnostics.Append(response.State.Set(ctx, &read)...)
}

// write creates the archive at output_path, and the folders on the way there.
func (s *settings) write() ([]byte, error) {
	if kind := s.Type.ValueString(); kind != "zip" {
		return nil, fmt.Errorf("type is %q; this provider makes zip", kind)
	}
	entries, err := s.entries()
	if err != nil {
		return nil, err
	}
	archive, err := zipOf(entries)
	if err != nil {
		return nil, err
	}
	path := s.OutputPath.ValueString()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	return archive, os.WriteFile(path, archive, 0o644)
}

func (s *settings) describe(archive []byte) {
	md5Sum, sha1Sum := md5.Sum(archive), sha1.Sum(archive)
	sha256Sum, sha512Sum := sha256.Sum256(archive), sha512.Sum512(archive)
	s.OutputSize = types.Int64Value(int64(len(archive)))
	s.OutputMd5 = hexOf(md5Sum[:])
	s.OutputSha = hexOf(sha1Sum[:])
	s.OutputSha256 = hexOf(sha256Sum[:])
	s.OutputSha512 = hexOf(sha512Sum[:])
	s.OutputBase64Sha256 = base64Of(sha256Sum[:])
	s.OutputBase64Sha512 = base64Of(sha512Sum[:])
	s.ID = s.OutputSha
}

func hexOf(sum []byte) types.String { return types.StringValue(hex.EncodeToString(sum)) }

func base64Of(sum []byte) types.String {
	return types.StringValue(base64.StdEncoding.EncodeToString(sum))
}
