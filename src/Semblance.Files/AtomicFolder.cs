using System.Collections.Concurrent;

namespace Semblance.Files;

/// <summary>
/// Represents a set of files in a folder that is replaced in one step: it is written to a temporary folder beside the folder, flushed to
/// the disk, and exchanged with the old set. After a crash the folder has the old set or the new one. Other files stay: notes and logs of
/// the user, other folders.
/// </summary>
/// <remarks>
/// <para>
/// On Linux and macOS one system call exchanges the two folders; before, files that do not belong to the set are hard-linked into the new
/// folder. If that is not possible (Windows; a file system without this call; a folder that is a mount point, has other folders in it, or
/// whose parent cannot be written), the complete set is in the folder as <c>.{id}.save</c> before the first old file is removed, and is
/// then moved file by file. After a crash in between, <see cref="Recover"/>, which every loader of a model calls, finishes the save.
/// </para>
/// <para>
/// If the path is a symbolic link, its target is replaced and the link stays. The next writer of the same folder removes what a killed
/// process left (<c>.NAME.{id}.tmp</c>, <c>.NAME.{id}.lock</c>). Open files and memory maps of the old set stay valid.
/// </para>
/// </remarks>
public sealed class AtomicFolder : IDisposable
{
    private static readonly ConcurrentDictionary<string, bool> Stages = new(StringComparer.Ordinal);

    private readonly string _target;
    private readonly Func<string, bool> _belongs;
    private readonly string _id = TemporaryNames.NewId();
    private readonly FileStream _lock;
    private readonly bool _isInside;

    /// <summary>Initializes a new instance of the <see cref="AtomicFolder"/> class and creates the temporary folder.</summary>
    /// <param name="path">The folder to replace files in; it is created if it does not exist.</param>
    /// <param name="belongs">
    /// Returns whether a path in the folder, with <c>/</c> as separator and at the end of the path of a folder, belongs to the set. An old
    /// file that belongs to the set and is not written again is removed.
    /// </param>
    /// <exception cref="IOException">The path is that of a file, or neither the folder nor its parent can be written.</exception>
    /// <exception cref="UnauthorizedAccessException">A permission is missing.</exception>
    public AtomicFolder(string path, Func<string, bool> belongs)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(belongs);
        _belongs = belongs;
        _target = Resolve(path);
        if (File.Exists(_target))
        {
            throw new IOException($"{path}: this is a file, expected a folder; choose another path.");
        }

        Recover(_target);
        var parent = System.IO.Path.GetDirectoryName(_target);
        if (parent is not null)
        {
            Directory.CreateDirectory(parent);
            TemporaryFolders.DeleteAbandoned(parent, _target);
        }

        TemporaryFolders.DeleteAbandoned(_target, _target);
        try
        {
            (_lock, Path) = Stage(parent ?? _target);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException && Directory.Exists(_target))
        {
            _isInside = true;
            (_lock, Path) = Stage(_target);
        }

        Stages[Path] = true;
    }

    /// <summary>Gets the path of the temporary folder, which is empty at first.</summary>
    public string Path { get; }

    /// <summary>Gets a value that indicates whether the files are committed.</summary>
    public bool Committed { get; private set; }

    /// <summary>Gets a function that is called before each change on the disk, for tests.</summary>
    internal Action<string> Before { get; init; } = _ => { };

    /// <summary>
    /// Writes the files of a set and puts them in place. Within a folder that another such call writes, they are written directly and put
    /// in place with the outer set.
    /// </summary>
    /// <param name="path">The folder to replace files in; it is created if it does not exist.</param>
    /// <param name="belongs">Returns whether a path in the folder belongs to the set.</param>
    /// <param name="write">Writes the files into the folder with the given path.</param>
    /// <exception cref="IOException">The files cannot be written; the folder is unchanged.</exception>
    public static void Write(string path, Func<string, bool> belongs, Action<string> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        if (IsStaged(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path))))
        {
            write(Directory.CreateDirectory(path).FullName);
            return;
        }

        using var folder = new AtomicFolder(path, belongs);
        write(folder.Path);
        folder.Commit();
    }

    /// <summary>
    /// Flushes the names in a folder to the disk, which is needed after a file in it was renamed. On Windows this does nothing.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="IOException">The disk reports an error.</exception>
    public static void Flush(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        NativeFiles.Flush(folder);
    }

    /// <summary>Finishes a save that a crash interrupted while files were moved; does nothing if there is none.</summary>
    /// <param name="path">The path of the folder, which need not exist.</param>
    /// <exception cref="IOException">It cannot be finished, for example because a permission is missing.</exception>
    public static void Recover(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var folder = Resolve(path);
        foreach (var ready in TemporaryNames.Entries(folder, FolderUpdate.Ending, folders: true))
        {
            if (TemporaryNames.BaseOf(System.IO.Path.GetFileName(ready), FolderUpdate.Ending) != "")
            {
                continue;
            }

            var id = TemporaryNames.IdOf(ready, FolderUpdate.Ending);
            var parent = System.IO.Path.GetDirectoryName(folder) ?? folder;
            string[] locks = [TemporaryFolders.LockPath(parent, folder, id), TemporaryFolders.LockPath(folder, folder, id)];
            if (locks.Any(TemporaryFolders.IsAlive))
            {
                continue;
            }

            try
            {
                new FolderUpdate(folder, ready, _ => { }).Apply();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new IOException(
                    $"{folder}: a save was interrupted and cannot be finished ({e.Message}); open the folder once with write permission, "
                    + "or save the model again.", e);
            }
        }
    }

    /// <summary>Puts the files in place; they are on the disk when the method returns.</summary>
    /// <exception cref="IOException">
    /// The files cannot be put in place: the folder is unchanged, or the next loader or writer finishes the save.
    /// </exception>
    public void Commit()
    {
        ObjectDisposedException.ThrowIf(Committed, this);
        FlushAll(Path);
        CheckPlaces();
        if (!Directory.Exists(_target))
        {
            Before("move");
            Directory.Move(Path, _target);
        }
        else if (!TryExchange())
        {
            var update = FolderUpdate.Prepare(_target, Path, _id, Stale(), Before);
            update.Apply();
        }

        Committed = true;
        if (System.IO.Path.GetDirectoryName(_target) is { } parent)
        {
            NativeFiles.Flush(parent);
        }

        Release();
    }

    /// <summary>Removes the temporary folder, unless it was committed.</summary>
    public void Dispose()
    {
        if (!Committed)
        {
            Release();
        }
    }

    /// <summary>Releases everything as the end of the process would, for tests.</summary>
    internal void Abandon()
    {
        var path = _lock.Name;
        _lock.Dispose();
        File.WriteAllBytes(path, []);
    }

    /// <summary>
    /// Returns whether a full path is in a folder that this process writes and has not committed; files there need not be on the disk
    /// before the commit.
    /// </summary>
    internal static bool IsStaged(string path)
    {
        for (var outer = Stages.IsEmpty ? null : path; outer is not null; outer = System.IO.Path.GetDirectoryName(outer))
        {
            if (Stages.ContainsKey(outer))
            {
                return true;
            }
        }

        return false;
    }

    // The target of a link, or the folder itself.
    private static string Resolve(string path)
    {
        var full = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        return new DirectoryInfo(full) is { LinkTarget: not null } link && link.ResolveLinkTarget(returnFinalTarget: true) is { } target
            ? System.IO.Path.TrimEndingDirectorySeparator(target.FullName)
            : full;
    }

    private (FileStream Lock, string Path) Stage(string place)
    {
        var path = System.IO.Path.Combine(place, $"{TemporaryFolders.NameFor(_target)}.{_id}{TemporaryNames.Ending}");
        var held = TemporaryNames.Lock(TemporaryFolders.LockPath(place, _target, _id));
        try
        {
            Directory.CreateDirectory(path);
            return (held, path);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    private static void FlushAll(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder))
        {
            using var handle = File.OpenHandle(file, FileMode.Open, OperatingSystem.IsWindows() ? FileAccess.ReadWrite : FileAccess.Read);
            RandomAccess.FlushToDisk(handle);
        }

        foreach (var inner in Directory.EnumerateDirectories(folder))
        {
            FlushAll(inner);
        }

        NativeFiles.Flush(folder);
    }

    // A folder at the path of a file, or a file at the path of a folder, belongs to the user.
    private void CheckPlaces()
    {
        foreach (var entry in new DirectoryInfo(Path).EnumerateFileSystemInfos("*", SearchOption.AllDirectories))
        {
            var place = System.IO.Path.Combine(_target, System.IO.Path.GetRelativePath(Path, entry.FullName));
            if (entry is DirectoryInfo ? File.Exists(place) : Directory.Exists(place))
            {
                var (found, expected) = entry is DirectoryInfo ? ("file", "folder") : ("folder", "file");
                throw new IOException(
                    $"{place}: this is a {found}, but a {expected} with this name is to be written; move it, or choose another folder.");
            }
        }
    }

    private bool TryExchange()
    {
        if (_isInside || OperatingSystem.IsWindows() || HasCurrentFolder() || KeptFiles() is not { } kept)
        {
            return false;
        }

        File.SetUnixFileMode(Path, File.GetUnixFileMode(_target));
        var linked = new List<string>();
        foreach (var name in kept)
        {
            var link = System.IO.Path.Combine(Path, name);
            Before($"link {name}");
            if (!NativeFiles.Link(System.IO.Path.Combine(_target, name), link))
            {
                return Undo();
            }

            linked.Add(link);
        }

        NativeFiles.Flush(Path);
        Before("exchange");
        if (!NativeFiles.Exchange(Path, _target))
        {
            return Undo();
        }

        // Files that others wrote in the meantime.
        foreach (var (name, entry) in KeptIn(Path).ToArray())
        {
            var place = System.IO.Path.Combine(_target, name);
            if (!System.IO.Path.Exists(place))
            {
                Directory.Move(entry.FullName, place); // a file or a folder
            }
        }

        Before("remove the old files");
        return true;

        bool Undo()
        {
            linked.ForEach(File.Delete);
            return false;
        }
    }

    // The current folder of the process would be the old folder.
    private bool HasCurrentFolder()
    {
        try
        {
            var separator = System.IO.Path.DirectorySeparatorChar;
            return (Environment.CurrentDirectory + separator).StartsWith(_target + separator, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false; // another process has removed it
        }
    }

    // The files that do not belong to the set; null if there are folders that do not.
    private List<string>? KeptFiles()
    {
        var kept = KeptIn(_target).ToArray();
        return kept.Any(entry => entry.Entry is DirectoryInfo { LinkTarget: null })
            ? null
            : [.. kept.Select(entry => entry.Name).Where(name => !System.IO.Path.Exists(System.IO.Path.Combine(Path, name)))];
    }

    private IEnumerable<(string Name, FileSystemInfo Entry)> KeptIn(string folder) => new DirectoryInfo(folder).EnumerateFileSystemInfos()
        .Where(entry => entry is DirectoryInfo { LinkTarget: null } inner ? HoldsOthers(folder, inner) : !IsOfSet(folder, entry))
        .Select(entry => (entry.Name, entry));

    private bool HoldsOthers(string folder, DirectoryInfo inner) => inner.EnumerateFileSystemInfos().ToArray() is { Length: > 0 } entries
        ? entries.Any(entry => entry is DirectoryInfo { LinkTarget: null } deeper ? HoldsOthers(folder, deeper) : !IsOfSet(folder, entry))
        : !_belongs(Relative(folder, inner) + "/");

    private bool IsOfSet(string folder, FileSystemInfo entry)
    {
        var path = Relative(folder, entry);
        return _belongs(path)
            || (TemporaryNames.BaseOf(path, TemporaryNames.Ending) is { } file && _belongs(file)
                && TemporaryNames.TryDelete(entry.FullName));
    }

    private static string Relative(string folder, FileSystemInfo entry) =>
        System.IO.Path.GetRelativePath(folder, entry.FullName).Replace('\\', '/');

    // The files of the old set that the new one does not have.
    private List<string> Stale()
    {
        var stale = new List<string>();
        Add(new DirectoryInfo(_target));
        return stale;

        void Add(DirectoryInfo folder)
        {
            foreach (var entry in folder.EnumerateFileSystemInfos())
            {
                if (entry is DirectoryInfo { LinkTarget: null } inner)
                {
                    Add(inner);
                }
                else if (IsOfSet(_target, entry) && !File.Exists(System.IO.Path.Combine(Path, Relative(_target, entry))))
                {
                    stale.Add(Relative(_target, entry));
                }
            }
        }
    }

    private void Release()
    {
        Stages.TryRemove(Path, out _);
        if (Directory.Exists(Path))
        {
            TemporaryFolders.TryDelete(Path);
        }

        _lock.Dispose();
    }
}
