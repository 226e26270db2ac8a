using Semblance.Files;

namespace Semblance.Checkpoints;

/// <summary>
/// Represents the part of the download cache for one model, in the layout of all Hugging Face libraries:
/// <c>models--org--name/blobs/{etag}</c>, <c>snapshots/{commit}/{file}</c> linked to them, <c>refs/{revision}</c>.
/// </summary>
internal sealed class HubCache(string cacheFolder, string modelId)
{
    private const int ReadOnlyFileSystem = 30; // EROFS
    private static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(200);
    private readonly string _name = "models--" + modelId.Replace("/", "--", StringComparison.Ordinal);

    private string Folder => Path.Combine(Path.GetFullPath(cacheFolder), _name);

    /// <summary>Returns the folder of a commit.</summary>
    public string Snapshot(string commit) => Path.Combine(Folder, "snapshots", commit);

    /// <summary>Returns the path of a content.</summary>
    public string Blob(string etag) => Path.Combine(Folder, "blobs", etag);

    /// <summary>Returns the path of a content while it is downloaded.</summary>
    public string Incomplete(string etag) => Blob(etag) + ".incomplete";

    /// <summary>Returns whether a file exists, and if it is a link, also its target.</summary>
    public static bool Exists(string path) =>
        File.Exists(path) && (File.ResolveLinkTarget(path, returnFinalTarget: true)?.Exists ?? true);

    /// <summary>Returns the commit of a revision when it was last resolved, or <see langword="null"/>.</summary>
    public string? FindCommit(string revision)
    {
        if (HubNames.IsCommit(revision))
        {
            return revision;
        }

        var path = RefPath(revision);
        return File.Exists(path) && File.ReadAllText(path).Trim() is var commit && HubNames.IsCommit(commit) ? commit : null;
    }

    /// <summary>
    /// Returns the folder of the snapshot of a revision if it is complete, or the error of the snapshot; neither if the revision is not
    /// cached.
    /// </summary>
    public (string? Folder, string? Fault) Find(string revision)
    {
        if (FindCommit(revision) is not { } commit)
        {
            return (null, null);
        }

        var fault = HubFiles.Fault(Snapshot(commit));
        return (fault is null ? Snapshot(commit) : null, fault);
    }

    /// <summary>Returns a cached model whose id differs from this one only by case, or <see langword="null"/>.</summary>
    public string? FindOtherCase()
    {
        const string Prefix = "models--";
        var folders = Directory.Exists(cacheFolder) ? Directory.EnumerateDirectories(cacheFolder, Prefix + "*") : [];
        return folders.Select(Path.GetFileName)
            .FirstOrDefault(name => name != _name && string.Equals(name, _name, StringComparison.OrdinalIgnoreCase))?[Prefix.Length..]
            .Replace("--", "/", StringComparison.Ordinal);
    }

    /// <summary>Records the commit of a revision.</summary>
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
            // The file of a deleted branch 'a' prevents a branch 'a/b', or the reverse. The model is there; its revision is resolved again.
        }
    }

    /// <summary>
    /// Makes a content appear as a file of a snapshot: a relative link, or a copy if links are not possible. A damaged file is replaced.
    /// </summary>
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
            if (!Exists(path)) // otherwise another process was faster; a broken link is replaced
            {
                using var copy = new AtomicFile(path);
                using var blob = File.OpenRead(Blob(etag));
                blob.CopyTo(copy.Stream);
                copy.Commit();
            }
        }
    }

    /// <summary>Waits until no other process or thread downloads this content. The lock is that of huggingface_hub.</summary>
    public async Task<IDisposable> LockAsync(
        string etag, Func<TimeSpan, CancellationToken, Task> delay, CancellationToken cancellationToken)
    {
        var path = Path.Combine(Path.GetFullPath(cacheFolder), ".locks", _name, etag + ".lock");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Directory.CreateDirectory(Path.GetDirectoryName(Blob(etag))!);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (File.Exists(path) && e.HResult != ReadOnlyFileSystem)
            {
                await delay(LockPoll, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private string RefPath(string revision) => Path.Combine(Folder, "refs", revision);
}
