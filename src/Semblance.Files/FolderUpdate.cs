namespace Semblance.Files;

/// <summary>
/// Replaces files in a folder: the new files are complete in <c>.{id}.save</c> within it, with the list of the files to remove. From then
/// on <see cref="Apply"/> can be repeated as often as it is interrupted.
/// </summary>
internal sealed class FolderUpdate(string folder, string ready, Action<string> before)
{
    /// <summary>The extension of a complete temporary folder.</summary>
    public const string Ending = ".save";
    private const string StaleList = ".stale";

    /// <summary>Moves a temporary folder to the name under which it counts as complete.</summary>
    /// <param name="folder">The folder to change.</param>
    /// <param name="stage">The folder of the new files, which are on the disk.</param>
    /// <param name="id">The id of the temporary folder.</param>
    /// <param name="stale">The files to remove.</param>
    /// <param name="before">Called before each change on the disk.</param>
    public static FolderUpdate Prepare(string folder, string stage, string id, IEnumerable<string> stale, Action<string> before)
    {
        before("list what goes");
        using (var list = new FileStream(Path.Combine(stage, StaleList), FileMode.Create))
        {
            list.Write(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', stale)));
            list.Flush(flushToDisk: true);
        }

        NativeFiles.Flush(stage);
        var ready = Path.Combine(folder, $".{id}{Ending}");
        before("make ready");
        try
        {
            Directory.Move(stage, ready);
        }
        catch (IOException) when (Directory.Exists(stage) && !Directory.Exists(ready))
        {
            // The folder is on another file system than its parent.
            var copy = Path.Combine(folder, $"{Path.GetFileName(stage)}");
            try
            {
                Copy(stage, copy);
                before("make the copy ready");
                Directory.Move(copy, ready);
            }
            catch when (Directory.Exists(copy))
            {
                Directory.Delete(copy, recursive: true);
                throw;
            }
        }

        NativeFiles.Flush(folder);
        return new FolderUpdate(folder, ready, before);
    }

    /// <summary>Removes the old files, and moves the new ones to their paths.</summary>
    public void Apply()
    {
        var list = Path.Combine(ready, StaleList);
        if (File.Exists(list))
        {
            foreach (var name in File.ReadAllText(list).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                before($"remove {name}");
                Remove(Path.Combine(folder, name));
            }

            NativeFiles.Flush(folder);
        }

        Move(ready, folder);
        before("remove the list");
        Directory.Delete(ready, recursive: true);
        NativeFiles.Flush(folder);
    }

    private void Move(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
        {
            if (Path.GetFileName(file) != StaleList)
            {
                before($"move {Path.GetFileName(file)}");
                Replace(file, Path.Combine(to, Path.GetFileName(file)));
            }
        }

        foreach (var inner in Directory.GetDirectories(from))
        {
            Move(inner, Path.Combine(to, Path.GetFileName(inner)));
        }

        NativeFiles.Flush(to);
    }

    // Windows neither replaces nor deletes a file that is mapped into memory, but it can rename it.
    private static void Replace(string file, string place)
    {
        try
        {
            File.Move(file, place, overwrite: true);
        }
        catch (Exception e) when (OperatingSystem.IsWindows() && e is IOException or UnauthorizedAccessException && File.Exists(place))
        {
            File.Move(place, Aside(place));
            File.Move(file, place);
        }
    }

    private void Remove(string file)
    {
        if (!Path.Exists(file))
        {
            return;
        }

        try
        {
            File.Delete(file);
        }
        catch (Exception e) when (OperatingSystem.IsWindows() && e is IOException or UnauthorizedAccessException)
        {
            File.Move(file, Aside(file));
        }

        for (var parent = Path.GetDirectoryName(file)!;
            parent.Length > folder.Length && !Directory.EnumerateFileSystemEntries(parent).Any();
            parent = Path.GetDirectoryName(parent)!)
        {
            Directory.Delete(parent);
        }
    }

    // The next save removes it, as it removes files of a killed process.
    private static string Aside(string file) => $"{file}.{TemporaryNames.NewId()}{TemporaryNames.Ending}";

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
        {
            using var copy = new AtomicFile(Path.Combine(to, Path.GetFileName(file)));
            using var original = File.OpenRead(file);
            original.CopyTo(copy.Stream);
            copy.Commit();
        }

        foreach (var inner in Directory.GetDirectories(from))
        {
            Copy(inner, Path.Combine(to, Path.GetFileName(inner)));
        }
    }
}
