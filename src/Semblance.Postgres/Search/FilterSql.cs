namespace Semblance.Postgres;

/// <summary>Converts filters to SQL conditions, with every id, name and value as a parameter.</summary>
internal static class FilterSql
{
    private const string NumberPattern = @"^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$";

    /// <summary>Returns the condition of a filter, or <c>true</c> for none.</summary>
    /// <exception cref="NotSupportedException">The filter calls a function of this program.</exception>
    public static string Of(VectorFilter? filter, SqlText sql) => filter switch
    {
        null => "true",
        AllFilter all => $"({Of(all.First, sql)} and {Of(all.Second, sql)})",
        AnyFilter any => $"({Of(any.First, sql)} or {Of(any.Second, sql)})",
        NotFilter not => $"(not {Of(not.Filter, sql)})",
        LabelFilter label => $"(metadata @> {sql.Text(Label(label))}::jsonb)",
        HasLabelFilter has => $"jsonb_exists(metadata, {sql.Text(CheckedKey(has.Key))})",
        ComparisonFilter comparison => Comparison(comparison, sql),
        IdFilter ids => $"(id = any({sql.Texts([.. ids.Allowed.Select(LoadRow.CheckedId)])}::text[]::jsonb[]))",
        _ =>
            throw new NotSupportedException(
                "A database cannot call a function of this program; filter by labels and ids, or filter the hits."),
    };

    // A label that is not a number is not compared with numbers.
    private static string Comparison(ComparisonFilter filter, SqlText sql)
    {
        KeptText.Check(filter.Value, () => $"The value of the label '{StoredText.Escaped(filter.Key)}' to filter by");
        var label = $"(metadata ->> {sql.Text(CheckedKey(filter.Key))})";
        var sign = filter.Comparison switch
        {
            LabelComparison.Less => "<",
            LabelComparison.LessOrEqual => "<=",
            LabelComparison.Greater => ">",
            _ => ">=",
        };
        return filter.IsNumber
            ? $"coalesce(case when {label} ~ '{NumberPattern}' then {label}::numeric {sign} {sql.Text(filter.Value)}::numeric end, false)"
            : $"coalesce({label} collate \"C\" {sign} {sql.Text(filter.Value)}, false)";
    }

    private static string CheckedKey(string key)
    {
        KeptText.Check(key, () => $"The name of a label to filter by ('{StoredText.Escaped(key)}')");
        return key;
    }

    private static string Label(LabelFilter label)
    {
        CheckedKey(label.Key);
        KeptText.Check(label.Value, () => $"The value of the label '{StoredText.Escaped(label.Key)}' to filter by");
        return RecordJson.Of([new(label.Key, label.Value)]);
    }
}
