using System.Text;

namespace Semblance.Postgres;

/// <summary>Checks and quotes the names of tables and indexes in SQL.</summary>
internal static class Identifier
{
    // PostgreSQL truncates names at 63 bytes; the names of an index's parts are longer than its own.
    private const int LongestName = 48;

    /// <summary>Returns the quoted name.</summary>
    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>Returns a name if an index may have it.</summary>
    /// <exception cref="ArgumentException">The name is empty, longer than 48 bytes, not valid Unicode, or reserved.</exception>
    public static string Checked(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        KeptText.Check(name, () => "The name of an index");
        if (Encoding.UTF8.GetByteCount(name) > LongestName || name == IndexTable.Catalog)
        {
            throw new ArgumentException(
                $"An index cannot be called '{name}': the name must have at most {LongestName} bytes, and '{IndexTable.Catalog}' is taken.",
                nameof(name));
        }

        return name;
    }
}
