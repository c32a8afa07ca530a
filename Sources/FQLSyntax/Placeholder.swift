// FQLSyntax
