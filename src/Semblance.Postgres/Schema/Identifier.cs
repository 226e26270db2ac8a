using System.Text;

namespace Semblance.Postgres;

/// <summary>Names of tables and indexes in SQL.</summary>
internal static class Identifier
{
    // PostgreSQL cuts names at 63 bytes; the names of an index's parts are longer than its own.
    private const int LongestName = 48;

    /// <summary>The name between quotes, whatever is in it.</summary>
    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>A name that an index may have.</summary>
    /// <exception cref="ArgumentException">It is empty, longer than 48 bytes, not Unicode, or taken.</exception>
    public static string Checked(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        KeptText.Check(name, () => "The name of an index");
        if (Encoding.UTF8.GetByteCount(name) > LongestName || name == IndexTable.Catalog)
        {
            throw new ArgumentException($"An index cannot be called '{name}': the name must have at most {LongestName} bytes, and '{IndexTable.Catalog}' is taken.", nameof(name));
        }

        return name;
    }
}
