namespace Semblance.Files;

/// <summary>
/// Provides the names of folders that are not complete, <c>.NAME.{id}.tmp</c>, and finds out whether their writers run: a writer holds a
/// lock on <c>.NAME.{id}.lock</c>.
/// </summary>
internal static class TemporaryFolders
{
    private const string LockEnding = ".lock";
    private const int MaxName = 60; // so that it stays below 255 bytes in any script

    /// <summary>Returns the path of the lock of a temporary folder.</summary>
    public static string LockPath(string place, string target, string id) => Path.Combine(place, $"{NameFor(target)}.{id}{LockEnding}");

    /// <summary>Returns the prefix of the names of the temporary folders of a folder.</summary>
    public static string NameFor(string target) => Path.GetFileName(target) is { Length: > MaxName } name
        ? "." + name[..(char.IsHighSurrogate(name[MaxName - 1]) ? MaxName - 1 : MaxName)]
        : "." + Path.GetFileName(target);

    /// <summary>Returns whether a process holds a lock; a lock that no process holds is removed.</summary>
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
            return true; // or it is not known
        }
    }

    /// <summary>Removes temporary folders of killed writers beside a folder or in it.</summary>
    public static void DeleteAbandoned(string place, string target)
    {
        var name = NameFor(target);
        foreach (var path in TemporaryNames.Entries(place, TemporaryNames.Ending, folders: true))
        {
            var entry = Path.GetFileName(path);
            var isOwn = TemporaryNames.BaseOf(entry, TemporaryNames.Ending) == name;
            if (isOwn && !IsAlive(LockPath(place, target, TemporaryNames.IdOf(entry, TemporaryNames.Ending))))
            {
                TryDelete(path);
            }
        }

        foreach (var path in TemporaryNames.Entries(place, LockEnding, folders: false))
        {
            if (TemporaryNames.BaseOf(Path.GetFileName(path), LockEnding) == name)
            {
                _ = IsAlive(path); // removes the lock if no process holds it
            }
        }
    }

    /// <summary>Deletes a folder if possible.</summary>
    public static void TryDelete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It uses disk space, and the next writer tries again.
        }
    }
}
