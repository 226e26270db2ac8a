namespace Semblance.Files;

/// <summary>Folders that are not complete yet, <c>.NAME.{id}.tmp</c>, and whether who writes them lives: it holds the lock on <c>.NAME.{id}.lock</c>.</summary>
internal static class TemporaryFolders
{
    private const string LockEnding = ".lock";
    private const int MaxName = 60; // so that it stays below 255 bytes in any script

    /// <summary>The lock of the one who writes a temporary folder.</summary>
    public static string LockPath(string place, string target, string id) => Path.Combine(place, $"{NameFor(target)}.{id}{LockEnding}");

    /// <summary>What the names of the temporary folders of a folder begin with.</summary>
    public static string NameFor(string target) => Path.GetFileName(target) is { Length: > MaxName } name ? "." + name[..(char.IsHighSurrogate(name[MaxName - 1]) ? MaxName - 1 : MaxName)] : "." + Path.GetFileName(target);

    /// <summary>Whether somebody holds a lock; one that nobody holds goes.</summary>
    public static bool IsAlive(string path)
    {
        try
        {
            if (File.Exists(path))
            {
                TemporaryNames.Lock(path).Dispose();
            }

            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true; // or nobody can tell
        }
    }

    /// <summary>Removes what killed writers of a folder left beside it, or in it.</summary>
    public static void DeleteAbandoned(string place, string target)
    {
        var name = NameFor(target);
        foreach (var path in TemporaryNames.Entries(place, TemporaryNames.Ending, folders: true))
        {
            var entry = Path.GetFileName(path);
            if (TemporaryNames.BaseOf(entry, TemporaryNames.Ending) == name && !IsAlive(LockPath(place, target, TemporaryNames.IdOf(entry, TemporaryNames.Ending))))
            {
                TryDelete(path);
            }
        }

        foreach (var path in TemporaryNames.Entries(place, LockEnding, folders: false))
        {
            if (TemporaryNames.BaseOf(Path.GetFileName(path), LockEnding) == name)
            {
                _ = IsAlive(path); // a lock that nobody holds goes
            }
        }
    }

    /// <summary>Deletes a folder, if that can be.</summary>
    public static void TryDelete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It takes room, and the next writer tries again.
        }
    }
}
