using System.Collections.Concurrent;

namespace Semblance.Files;

/// <summary>
/// A set of files in a folder that is replaced in one step: it is written under a temporary name beside the folder, brought to the disk, and exchanged
/// with what is there. After a crash the folder has the old set or the new one. What does not belong to the set stays: a user's notes, logs, other folders.
/// </summary>
/// <remarks>
/// <para>On Linux and macOS the two folders are exchanged by one call of the system, and files that do not belong to the set get a second name in the new folder
/// before. Where that is not possible (Windows; a file system that cannot; a folder that is a mount point, that has other folders in it, or whose parent cannot be
/// written) the complete set lies in the folder as <c>.{id}.save</c> before the first old file goes, and is moved to its place file by file. Should a crash fall
/// into that moment, <see cref="Recover"/>, which every loader of a model calls, does the rest.</para>
/// <para>A symbolic link is followed: the folder that it leads to is replaced, the link stays. What a killed process left (<c>.NAME.{id}.tmp</c>,
/// <c>.NAME.{id}.lock</c>) is removed by the next writer of the same folder. Open files and memory maps of the old set stay valid.</para>
/// </remarks>
public sealed class AtomicFolder : IDisposable
{
    private static readonly ConcurrentDictionary<string, bool> Stages = new(StringComparer.Ordinal);

    private readonly string _target;
    private readonly Func<string, bool> _belongs;
    private readonly string _id = TemporaryNames.NewId();
    private readonly FileStream _lock;
    private readonly bool _isInside;

    /// <summary>Makes the temporary folder.</summary>
    /// <param name="path">The folder to replace files in; it is made if need be.</param>
    /// <param name="belongs">Whether a path in the folder, with <c>/</c> between its parts and at the end of a folder's, belongs to the set: what belongs and is not written again is removed.</param>
    /// <exception cref="IOException">There is a file at the folder's place, or neither the folder nor its parent can be written.</exception>
    /// <exception cref="UnauthorizedAccessException">A permission is missing.</exception>
    public AtomicFolder(string path, Func<string, bool> belongs)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(belongs);
        _belongs = belongs;
        _target = Resolve(path);
        if (File.Exists(_target))
        {
            throw new IOException($"{path}: this is a file; choose a folder.");
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

    /// <summary>Where to write: a folder that is empty at first.</summary>
    public string Path { get; }

    /// <summary>Whether the folder has the new files.</summary>
    public bool Committed { get; private set; }

    /// <summary>Told before each change to the disk, for tests.</summary>
    internal Action<string> Before { get; init; } = _ => { };

    /// <summary>Writes the files of a set and puts them in place. Within the folder that another such call writes, they are written as they are: they take their places with its own.</summary>
    /// <param name="path">The folder to replace files in; it is made if need be.</param>
    /// <param name="belongs">Whether a path in the folder belongs to the set.</param>
    /// <param name="write">Writes the files into the folder that it is given.</param>
    /// <exception cref="IOException">The files cannot be written; the folder is as it was.</exception>
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

    /// <summary>Brings the names in a folder to the disk, as is needed after a file in it was renamed. On Windows there is nothing to do.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="IOException">The disk reports a fault.</exception>
    public static void Flush(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        NativeFiles.Flush(folder);
    }

    /// <summary>Finishes what a crash interrupted while files were moved to their places; does nothing where no such thing happened.</summary>
    /// <param name="path">The folder; it need not be there.</param>
    /// <exception cref="IOException">It cannot be finished, as without the permission to write.</exception>
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
            if (TemporaryFolders.IsAlive(TemporaryFolders.LockPath(System.IO.Path.GetDirectoryName(folder) ?? folder, folder, id)) || TemporaryFolders.IsAlive(TemporaryFolders.LockPath(folder, folder, id)))
            {
                continue;
            }

            try
            {
                new FolderUpdate(folder, ready, _ => { }).Apply();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new IOException($"{folder}: a save was interrupted, and cannot be finished ({e.Message}); open the folder once with the permission to write, or save the model again.", e);
            }
        }
    }

    /// <summary>Puts the files in place, on the disk when it returns.</summary>
    /// <exception cref="IOException">That cannot be done: the folder is as it was, or the next loader or writer finishes it.</exception>
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

    /// <summary>Removes what was written, unless it was committed.</summary>
    public void Dispose()
    {
        if (!Committed)
        {
            Release();
        }
    }

    /// <summary>Lets go of everything as the end of the process would, for tests.</summary>
    internal void Abandon()
    {
        var path = _lock.Name;
        _lock.Dispose();
        File.WriteAllBytes(path, []);
    }

    /// <summary>Whether a full path lies in a folder that this process writes and has not committed: what is there need not be on the disk before the commit.</summary>
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

    // The folder that a link leads to, or the folder itself.
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

    // A folder where a file goes, or a file where a folder goes, is the user's own.
    private void CheckPlaces()
    {
        foreach (var entry in new DirectoryInfo(Path).EnumerateFileSystemInfos("*", SearchOption.AllDirectories))
        {
            var place = System.IO.Path.Combine(_target, System.IO.Path.GetRelativePath(Path, entry.FullName));
            if (entry is DirectoryInfo ? File.Exists(place) : Directory.Exists(place))
            {
                throw new IOException($"{place}: there is a {(entry is DirectoryInfo ? "file" : "folder")}, where a {(entry is DirectoryInfo ? "folder" : "file")} of that name is to be written; move it, or choose another folder.");
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

        // What others wrote between the two.
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

    // The process would be left in the old folder.
    private bool HasCurrentFolder()
    {
        try
        {
            return (Environment.CurrentDirectory + System.IO.Path.DirectorySeparatorChar).StartsWith(_target + System.IO.Path.DirectorySeparatorChar, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false; // another process has removed it
        }
    }

    // The files that do not belong to the set; null where there are folders that do not.
    private List<string>? KeptFiles()
    {
        var kept = KeptIn(_target).ToArray();
        return kept.Any(entry => entry.Entry is DirectoryInfo { LinkTarget: null }) ? null : [.. kept.Select(entry => entry.Name).Where(name => !System.IO.Path.Exists(System.IO.Path.Combine(Path, name)))];
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
        return _belongs(path) || (TemporaryNames.BaseOf(path, TemporaryNames.Ending) is { } file && _belongs(file) && TemporaryNames.TryDelete(entry.FullName));
    }

    private static string Relative(string folder, FileSystemInfo entry) => System.IO.Path.GetRelativePath(folder, entry.FullName).Replace('\\', '/');

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
