namespace Semblance.Postgres;

/// <summary>Converts filters to SQL conditions, with every id, name and value as a parameter.</summary>
internal static class FilterSql
{
    /// <summary>Returns the condition of a filter, or <c>true</c> for none.</summary>
    /// <exception cref="NotSupportedException">The filter calls a function of this program.</exception>
    public static string Of(VectorFilter? filter, SqlText sql) => filter switch
    {
        null => "true",
        AllFilter all => $"({Of(all.First, sql)} and {Of(all.Second, sql)})",
        AnyFilter any => $"({Of(any.First, sql)} or {Of(any.Second, sql)})",
        NotFilter not => $"(not {Of(not.Filter, sql)})",
        LabelFilter label => $"(metadata @> {sql.Text(Label(label))}::jsonb)",
        IdFilter ids => $"(id = any({sql.Texts([.. ids.Allowed.Select(LoadRow.CheckedId)])}::text[]::jsonb[]))",
        _ =>
            throw new NotSupportedException(
                "A database cannot call a function of this program; filter by labels and ids, or filter the hits."),
    };

    private static string Label(LabelFilter label)
    {
        KeptText.Check(label.Key, () => $"The name of a label to filter by ('{StoredText.Escaped(label.Key)}')");
        KeptText.Check(label.Value, () => $"The value of the label '{StoredText.Escaped(label.Key)}' to filter by");
        return RecordJson.Of([new(label.Key, label.Value)]);
    }
}
