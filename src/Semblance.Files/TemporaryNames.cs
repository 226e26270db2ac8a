using System.Buffers;

namespace Semblance.Files;

/// <summary>
/// Provides the names of files and folders that are not complete: <c>NAME.{32 hexadecimal digits}.ENDING</c>. The owner holds a lock, which
/// ends with its process, so the next writer of the same name can find and remove abandoned ones.
/// </summary>
internal static class TemporaryNames
{
    /// <summary>The extension of temporary files and folders.</summary>
    public const string Ending = ".tmp";
    private const int IdLength = 32;

    private static readonly SearchValues<char> HexadecimalDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>Returns a new id.</summary>
    public static string NewId() => Guid.NewGuid().ToString("N");

    /// <summary>Returns the part of a name before the id, or <see langword="null"/> if it is not a temporary name.</summary>
    public static string? BaseOf(string name, string ending)
    {
        var length = name.Length - ending.Length - IdLength - 1;
        return length >= 0 && name.EndsWith(ending, StringComparison.Ordinal) && name[length] == '.'
            && !name.AsSpan(length + 1, IdLength).ContainsAnyExcept(HexadecimalDigits)
            ? name[..length]
            : null;
    }

    /// <summary>Returns the id in a name for which <see cref="BaseOf"/> is not <see langword="null"/>.</summary>
    public static string IdOf(string name, string ending) => name[^(ending.Length + IdLength)..^ending.Length];

    /// <summary>Removes the temporary files of a file whose writers have ended.</summary>
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

    /// <summary>Returns the entries of a folder whose names have an extension; none if the folder cannot be listed.</summary>
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

    /// <summary>Deletes a file that no process has open for writing.</summary>
    /// <returns><see langword="true"/> if the file no longer exists.</returns>
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
    /// <exception cref="IOException">Another process holds the lock, or the file cannot be written.</exception>
    public static FileStream Lock(string path) =>
        new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
}
