using Semblance.Files;

namespace Semblance.Checkpoints;

/// <summary>
/// One model's part of the download cache, in the layout that all Hugging Face libraries share:
/// <c>models--org--name/blobs/{etag}</c>, <c>snapshots/{commit}/{file}</c> linked to them, <c>refs/{revision}</c>.
/// </summary>
internal sealed class HubCache(string cacheFolder, string modelId)
{
    private const int ReadOnlyFileSystem = 30; // EROFS
    private static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(200);
    private readonly string _name = "models--" + modelId.Replace("/", "--", StringComparison.Ordinal);

    private string Folder => Path.Combine(Path.GetFullPath(cacheFolder), _name);

    public string Snapshot(string commit) => Path.Combine(Folder, "snapshots", commit);

    public string Blob(string etag) => Path.Combine(Folder, "blobs", etag);

    public string Incomplete(string etag) => Blob(etag) + ".incomplete";

    /// <summary>Whether a file is there, and if it is a link, also what it points to.</summary>
    public static bool Exists(string path) => File.Exists(path) && (File.ResolveLinkTarget(path, returnFinalTarget: true)?.Exists ?? true);

    /// <summary>The commit that a revision meant when it was last asked for; null if it never was.</summary>
    public string? FindCommit(string revision)
    {
        if (HubNames.IsCommit(revision))
        {
            return revision;
        }

        var path = RefPath(revision);
        return File.Exists(path) && File.ReadAllText(path).Trim() is var commit && HubNames.IsCommit(commit) ? commit : null;
    }

    /// <summary>The snapshot of a revision if all of it is there, and otherwise what is wrong with it; neither where the cache knows nothing of it.</summary>
    public (string? Folder, string? Fault) Find(string revision)
    {
        if (FindCommit(revision) is not { } commit)
        {
            return (null, null);
        }

        var fault = HubFiles.Fault(Snapshot(commit));
        return (fault is null ? Snapshot(commit) : null, fault);
    }

    /// <summary>A model of the cache whose id differs from this one's by the case of letters alone; null if there is none.</summary>
    public string? FindOtherCase() => !Directory.Exists(cacheFolder) ? null : Directory.EnumerateDirectories(cacheFolder, "models--*").Select(Path.GetFileName)
        .FirstOrDefault(name => name != _name && string.Equals(name, _name, StringComparison.OrdinalIgnoreCase))?["models--".Length..].Replace("--", "/", StringComparison.Ordinal);

    public void WriteRef(string revision, string commit)
    {
        if (HubNames.IsCommit(revision) || FindCommit(revision) == commit)
        {
            return;
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(RefPath(revision))!);
            using var file = new AtomicFile(RefPath(revision));
            file.Stream.Write(System.Text.Encoding.ASCII.GetBytes(commit));
            file.Commit();
        }
        catch (IOException) when (!Directory.Exists(Path.GetDirectoryName(RefPath(revision))) || Directory.Exists(RefPath(revision)))
        {
            // A branch 'a' that is gone stands in the way of a branch 'a/b', or the other way: the model is there, only the name is asked for again.
        }
    }

    /// <summary>Makes a blob appear as a file of a snapshot: a relative link, or a copy where links are impossible. What is damaged there is replaced.</summary>
    public void Link(string commit, string file, string etag)
    {
        var path = Path.Combine(Snapshot(commit), file);
        if (HubIntegrity.Fault(path) is null)
        {
            return;
        }

        var folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        File.Delete(path);
        try
        {
            File.CreateSymbolicLink(path, Path.GetRelativePath(folder, Blob(etag)));
            AtomicFolder.Flush(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            if (!Exists(path)) // else another process was faster; a link to nothing is replaced
            {
                using var copy = new AtomicFile(path);
                using var blob = File.OpenRead(Blob(etag));
                blob.CopyTo(copy.Stream);
                copy.Commit();
            }
        }
    }

    /// <summary>Waits until no other process or thread downloads this blob. The lock is the one huggingface_hub takes.</summary>
    public async Task<IDisposable> LockAsync(string etag, Func<TimeSpan, CancellationToken, Task> delay, CancellationToken cancellation)
    {
        var path = Path.Combine(Path.GetFullPath(cacheFolder), ".locks", _name, etag + ".lock");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Directory.CreateDirectory(Path.GetDirectoryName(Blob(etag))!);
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (File.Exists(path) && e.HResult != ReadOnlyFileSystem)
            {
                await delay(LockPoll, cancellation).ConfigureAwait(false);
            }
        }
    }

    private string RefPath(string revision) => Path.Combine(Folder, "refs", revision);
}
