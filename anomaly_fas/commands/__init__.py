"""One file a subcommand: joins the layers."""
