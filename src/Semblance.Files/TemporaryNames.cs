using System.Buffers;

namespace Semblance.Files;

/// <summary>
/// Names of what is not complete yet: <c>NAME.{32 hexadecimal digits}.ENDING</c>. Its owner holds a lock while it lives, which goes with the process;
/// so the next writer of the same name can tell what a killed one left, and removes it.
/// </summary>
internal static class TemporaryNames
{
    public const string Ending = ".tmp";
    private const int IdLength = 32;

    private static readonly SearchValues<char> HexadecimalDigits = SearchValues.Create("0123456789abcdef");

    public static string NewId() => Guid.NewGuid().ToString("N");

    /// <summary>The part of a name before the id; null where the name is not one of these.</summary>
    public static string? BaseOf(string name, string ending)
    {
        var length = name.Length - ending.Length - IdLength - 1;
        return length >= 0 && name.EndsWith(ending, StringComparison.Ordinal) && name[length] == '.' && !name.AsSpan(length + 1, IdLength).ContainsAnyExcept(HexadecimalDigits)
            ? name[..length]
            : null;
    }

    /// <summary>The id in a name that <see cref="BaseOf"/> knows.</summary>
    public static string IdOf(string name, string ending) => name[^(ending.Length + IdLength)..^ending.Length];

    /// <summary>Removes the temporary files of a file whose writers are gone.</summary>
    public static void DeleteAbandoned(string path)
    {
        var name = Path.GetFileName(path);
        foreach (var other in Entries(Path.GetDirectoryName(path)!, Ending, folders: false))
        {
            if (BaseOf(Path.GetFileName(other), Ending) == name)
            {
                TryDelete(other);
            }
        }
    }

    /// <summary>The entries of a folder whose name ends so; none where the folder cannot be listed.</summary>
    public static IReadOnlyList<string> Entries(string folder, string ending, bool folders)
    {
        try
        {
            return folders ? Directory.GetDirectories(folder, "*" + ending) : Directory.GetFiles(folder, "*" + ending);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Deletes a file that nobody has open for writing.</summary>
    /// <returns>Whether it is gone.</returns>
    public static bool TryDelete(string path)
    {
        try
        {
            new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose).Dispose();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e is FileNotFoundException;
        }
    }

    /// <summary>Opens a lock file, which is removed when it is closed.</summary>
    /// <exception cref="IOException">Another process holds it, or it cannot be written.</exception>
    public static FileStream Lock(string path) => new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
}
