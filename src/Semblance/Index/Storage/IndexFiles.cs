using System.Diagnostics.CodeAnalysis;

namespace Semblance;

/// <summary>The files of an index in its folder: who may write them, which of them count, and which are left over.</summary>
internal static class IndexFiles
{
    private const string LockName = "lock";

    /// <summary>Whether a folder holds an index.</summary>
    public static bool Exist(string folder) => File.Exists(Path.Combine(folder, IndexManifest.FileName));

    /// <summary>Opens a file to be written, while others may read it.</summary>
    public static FileStream Open(string path) => new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    /// <summary>Keeps other writers out of a folder. The lock goes with the process that holds it; the file stays.</summary>
    public static FileStream Lock(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"{folder}: there is no such folder; build an index, or name its folder.");
        }

        try
        {
            return new FileStream(Path.Combine(folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException))
        {
            throw new IndexLockedException(folder);
        }
    }

    /// <summary>Makes and locks the folder of a new index.</summary>
    /// <exception cref="IOException">There is an index already, or the folder cannot be written.</exception>
    public static FileStream Begin(string folder, [NotNull] ref HnswOptions? options)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        options ??= new HnswOptions();
        options.Check();
        if (Exist(folder))
        {
            throw new IOException($"{folder}: there is an index already; add to it, delete the folder, or choose another.");
        }

        Directory.CreateDirectory(folder);
        return Lock(folder);
    }

    /// <summary>Makes a segment that is complete an index, with an empty log.</summary>
    public static void Found(string folder, IndexManifest manifest)
    {
        WriteAheadLog.Create(Path.Combine(folder, manifest.Log), Open).Dispose();
        manifest.Write(folder);
    }

    /// <summary>Reads an index's manifest and segment, and its log on top of them.</summary>
    public static (IndexManifest Manifest, IndexState State, long LogLength) Load(string folder)
    {
        for (var attempt = 1; ; attempt++)
        {
            var manifest = IndexManifest.Read(folder);
            try
            {
                var log = Path.Combine(folder, manifest.Log);
                var state = new IndexState(Segment.Open(folder, manifest), manifest.Options.Similarity, log);
                var (length, _) = WriteAheadLog.Read(log, record => LogRecord.Apply(record.Span, manifest.Dimension, log, state));
                return (manifest, state, length);
            }
            catch (FileNotFoundException) when (attempt < 5 && IndexManifest.Read(folder).Generation != manifest.Generation)
            {
                // It was compacted between reading the manifest and opening its files.
            }
            catch (FileNotFoundException e)
            {
                throw new IndexFormatException(Path.Combine(folder, IndexManifest.FileName), $"the file {Path.GetFileName(e.FileName)} that belongs to it is missing; restore the index, or build it again.", e);
            }
        }
    }

    /// <summary>Deletes what a compaction, or one that was killed, left behind. Where a reader still holds it, the next one tries again.</summary>
    public static void DeleteOthers(string folder, long counting)
    {
        foreach (var path in Directory.EnumerateFiles(folder))
        {
            var (name, ending) = (Path.GetFileNameWithoutExtension(path), Path.GetExtension(path));
            if (ending is ".segment" or ".log" or ".records" && long.TryParse(name, out var generation) && generation != counting)
            {
                Delete(folder, Path.GetFileName(path));
            }
        }
    }

    /// <summary>Deletes a file, if that can be.</summary>
    public static void Delete(string folder, string name)
    {
        try
        {
            File.Delete(Path.Combine(folder, name));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It takes room, and does no harm.
        }
    }
}
