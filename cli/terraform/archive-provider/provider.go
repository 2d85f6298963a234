package main

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
)

const version = "2.7.1"

// archiveProvider has no settings and one data source.
type archiveProvider struct{}

func newProvider() provider.Provider { return archiveProvider{} }

func (archiveProvider) Metadata(_ context.Context, _ provider.MetadataRequest, response *provider.MetadataResponse) {
	response.TypeName = "archive"
	response.Version = version
}

func (archiveProvider) Schema(_ context.Context, _ provider.SchemaRequest, response *provider.SchemaResponse) {
	response.Schema = schema.Schema{}
}

func (archiveProvider) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {
}

func (archiveProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{newArchiveFile}
}

func (archiveProvider) Resources(context.Context) []func() resource.Resource { return nil }
